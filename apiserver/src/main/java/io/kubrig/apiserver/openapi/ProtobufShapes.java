package io.kubrig.apiserver.openapi;

import java.util.HashMap;
import java.util.Map;

/**
 * The messages that OpenAPI documents are made of in protobuf, as far as documents of Kubernetes use them. (Source: the field numbers of
 * gnostic's {@code OpenAPIv2.proto} and {@code OpenAPIv3.proto}.)
 *
 * <p>A line is a message: its name, then {@code member:type=number}. Types: {@code string}, {@code bool}, {@code int}, {@code double},
 * {@code any} (text in YAML), another message; {@code []} for repeated ones. The member {@code *} takes all members that are not named
 * (repeated pairs of name and value), {@code x-} the extensions among them. A message whose name has no line is a choice, which
 * {@link ProtobufDocument} makes.
 */
final class ProtobufShapes {
  private static final String LIMITS =
      "maximum:double=11 exclusiveMaximum:bool=12 minimum:double=13 exclusiveMinimum:bool=14 maxLength:int=15 minLength:int=16 "
          + "pattern:string=17 maxItems:int=18 minItems:int=19 uniqueItems:bool=20 enum:any[]=21 multipleOf:double=22 x-:any=23";

  private static final String PLAIN_LIMITS =
      "type:string=5 format:string=6 collectionFormat:string=8 default:any=9 maximum:double=10 exclusiveMaximum:bool=11 minimum:double=12 "
          + "exclusiveMinimum:bool=13 maxLength:int=14 minLength:int=15 pattern:string=16 maxItems:int=17 minItems:int=18 "
          + "uniqueItems:bool=19 enum:any[]=20 multipleOf:double=21 x-:any=22";

  private static final String COMMON =
      """
      ExternalDocs description:string=1 url:string=2 x-:any=3
      License name:string=1 url:string=2 x-:any=3
      Contact name:string=1 url:string=2 email:string=3 x-:any=4
      Xml name:string=1 namespace:string=2 prefix:string=3 attribute:bool=4 wrapped:bool=5 x-:any=6
      Tag name:string=1 description:string=2 externalDocs:ExternalDocs=3 x-:any=4
      SecurityRequirement *:StringArray=1
      """;

  /** {@code Document} is the whole. */
  static final ProtobufShapes V2 =
      new ProtobufShapes(
          "Schema",
          COMMON
              + """
              Document swagger:string=1 info:Info=2 host:string=3 basePath:string=4 schemes:string[]=5 consumes:string[]=6 \
                  produces:string[]=7 paths:Paths=8 definitions:Definitions=9 parameters:ParameterDefinitions=10 \
                  responses:ResponseDefinitions=11 security:SecurityRequirement[]=12 securityDefinitions:SecurityDefinitions=13 \
                  tags:Tag[]=14 externalDocs:ExternalDocs=15 x-:any=16
              Info title:string=1 version:string=2 description:string=3 termsOfService:string=4 contact:Contact=5 license:License=6 x-:any=7
              Paths x-:any=1 *:PathItem=2
              Definitions *:Schema=1
              ParameterDefinitions *:Parameter=1
              ResponseDefinitions *:Response=1
              SecurityDefinitions *:SecurityDefinitionsItem=1
              ApiKeySecurity type:string=1 name:string=2 in:string=3 description:string=4 x-:any=5
              BasicAuthenticationSecurity type:string=1 description:string=2 x-:any=3
              PathItem $ref:string=1 get:Operation=2 put:Operation=3 post:Operation=4 delete:Operation=5 options:Operation=6 \
                  head:Operation=7 patch:Operation=8 parameters:ParametersItem[]=9 x-:any=10
              Operation tags:string[]=1 summary:string=2 description:string=3 externalDocs:ExternalDocs=4 operationId:string=5 \
                  produces:string[]=6 consumes:string[]=7 parameters:ParametersItem[]=8 responses:Responses=9 schemes:string[]=10 \
                  deprecated:bool=11 security:SecurityRequirement[]=12 x-:any=13
              JsonReference $ref:string=1 description:string=2
              BodyParameter description:string=1 name:string=2 in:string=3 required:bool=4 schema:Schema=5 x-:any=6
              Responses *:ResponseValue=1 x-:any=2
              Response description:string=1 schema:SchemaItem=2 headers:Headers=3 examples:Examples=4 x-:any=5
              Headers *:Header=1
              Examples *:any=1
              Header type:string=1 format:string=2 default:any=5 description:string=18 x-:any=19
              Properties *:Schema=1
              Schema $ref:string=1 format:string=2 title:string=3 description:string=4 default:any=5 multipleOf:double=6 maximum:double=7 \
                  exclusiveMaximum:bool=8 minimum:double=9 exclusiveMinimum:bool=10 maxLength:int=11 minLength:int=12 pattern:string=13 \
                  maxItems:int=14 minItems:int=15 uniqueItems:bool=16 maxProperties:int=17 minProperties:int=18 required:string[]=19 \
                  enum:any[]=20 additionalProperties:AdditionalPropertiesItem=21 type:TypeItem=22 items:ItemsItem=23 allOf:Schema[]=24 \
                  properties:Properties=25 discriminator:string=26 readOnly:bool=27 xml:Xml=28 externalDocs:ExternalDocs=29 \
                  example:any=30 x-:any=31
              HeaderParameterSubSchema required:bool=1 in:string=2 description:string=3 name:string=4 %1$s
              PathParameterSubSchema required:bool=1 in:string=2 description:string=3 name:string=4 %1$s
              QueryParameterSubSchema required:bool=1 in:string=2 description:string=3 name:string=4 allowEmptyValue:bool=5 type:string=6 \
                  format:string=7 collectionFormat:string=9 default:any=10 %2$s
              FormDataParameterSubSchema required:bool=1 in:string=2 description:string=3 name:string=4 allowEmptyValue:bool=5 \
                  type:string=6 format:string=7 collectionFormat:string=9 default:any=10 %2$s
              """
                  .formatted(PLAIN_LIMITS, LIMITS));

  static final ProtobufShapes V3 =
      new ProtobufShapes(
          "SchemaOrReference",
          COMMON
              + """
              Document openapi:string=1 info:Info=2 servers:Server[]=3 paths:Paths=4 components:Components=5 \
                  security:SecurityRequirement[]=6 tags:Tag[]=7 externalDocs:ExternalDocs=8 x-:any=9
              Info title:string=1 description:string=2 termsOfService:string=3 contact:Contact=4 license:License=5 version:string=6 \
                  x-:any=7 summary:string=8
              Server url:string=1 description:string=2 x-:any=4
              Paths *:PathItem=1 x-:any=2
              Components schemas:Schemas=1 responses:ResponseMap=2 parameters:ParameterMap=3 requestBodies:BodyMap=5 headers:HeaderMap=6 \
                  securitySchemes:SecurityMap=7 x-:any=10
              Schemas *:SchemaOrReference=1
              ResponseMap *:ResponseOrReference=1
              ParameterMap *:ParameterOrReference=1
              BodyMap *:RequestBodyOrReference=1
              HeaderMap *:HeaderOrReference=1
              SecurityMap *:SecuritySchemeOrReference=1
              SecurityScheme type:string=1 description:string=2 name:string=3 in:string=4 scheme:string=5 bearerFormat:string=6 \
                  openIdConnectUrl:string=8 x-:any=9
              PathItem $ref:string=1 summary:string=2 description:string=3 get:Operation=4 put:Operation=5 post:Operation=6 \
                  delete:Operation=7 options:Operation=8 head:Operation=9 patch:Operation=10 trace:Operation=11 servers:Server[]=12 \
                  parameters:ParameterOrReference[]=13 x-:any=14
              Operation tags:string[]=1 summary:string=2 description:string=3 externalDocs:ExternalDocs=4 operationId:string=5 \
                  parameters:ParameterOrReference[]=6 requestBody:RequestBodyOrReference=7 responses:Responses=8 deprecated:bool=10 \
                  security:SecurityRequirement[]=11 servers:Server[]=12 x-:any=13
              Reference $ref:string=1 summary:string=2 description:string=3
              Parameter name:string=1 in:string=2 description:string=3 required:bool=4 deprecated:bool=5 allowEmptyValue:bool=6 \
                  style:string=7 explode:bool=8 allowReserved:bool=9 schema:SchemaOrReference=10 example:any=11 content:MediaTypes=13 \
                  x-:any=14
              Header description:string=1 required:bool=2 deprecated:bool=3 allowEmptyValue:bool=4 style:string=5 explode:bool=6 \
                  allowReserved:bool=7 schema:SchemaOrReference=8 example:any=9 content:MediaTypes=11 x-:any=12
              RequestBody description:string=1 content:MediaTypes=2 required:bool=3 x-:any=4
              MediaTypes *:MediaType=1
              MediaType schema:SchemaOrReference=1 example:any=2 x-:any=5
              Responses default:ResponseOrReference=1 *:ResponseOrReference=2 x-:any=3
              Response description:string=1 headers:HeaderMap=2 content:MediaTypes=3 x-:any=5
              Discriminator propertyName:string=1 x-:any=3
              Properties *:SchemaOrReference=1
              Schema nullable:bool=1 discriminator:Discriminator=2 readOnly:bool=3 writeOnly:bool=4 xml:Xml=5 externalDocs:ExternalDocs=6 \
                  example:any=7 deprecated:bool=8 title:string=9 multipleOf:double=10 maximum:double=11 exclusiveMaximum:bool=12 \
                  minimum:double=13 exclusiveMinimum:bool=14 maxLength:int=15 minLength:int=16 pattern:string=17 maxItems:int=18 \
                  minItems:int=19 uniqueItems:bool=20 maxProperties:int=21 minProperties:int=22 required:string[]=23 enum:any[]=24 \
                  type:string=25 allOf:SchemaOrReference[]=26 oneOf:SchemaOrReference[]=27 anyOf:SchemaOrReference[]=28 not:Schema=29 \
                  items:ItemsItem=30 properties:Properties=31 additionalProperties:AdditionalPropertiesItem=32 default:DefaultType=33 \
                  description:string=34 format:string=35 x-:any=36
              """);

  private final String nested;
  private final Map<String, Map<String, Field>> messages = new HashMap<>();

  /** @param nested what a schema inside a schema is */
  private ProtobufShapes(String nested, String lines) {
    this.nested = nested;
    lines.lines().filter(line -> !line.isBlank()).forEach(this::add);
  }

  private void add(String line) {
    String[] words = line.strip().split(" +");
    Map<String, Field> fields = new HashMap<>();
    for (int i = 1; i < words.length; i++) {
      int colon = words[i].indexOf(':');
      int equals = words[i].indexOf('=', colon);
      String type = words[i].substring(colon + 1, equals);
      boolean repeated = type.endsWith("[]");
      int number = Integer.parseInt(words[i].substring(equals + 1));
      fields.put(words[i].substring(0, colon), new Field(repeated ? type.substring(0, type.length() - 2) : type, repeated, number));
    }
    messages.put(words[0], fields);
  }

  /** A field of a message. */
  record Field(String type, boolean repeated, int number) {}

  /** The fields of a message by member; null for a choice or a scalar. */
  Map<String, Field> message(String type) {
    return messages.get(type);
  }

  String nested() {
    return nested;
  }
}
