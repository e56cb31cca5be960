package io.kubrig.e2e;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may import whom: components meet through the API, never in code. */
class ModuleBordersTest {
  private static final List<String> COMPONENTS = List.of("apiserver", "scheduler", "operators", "kubelet", "proxy", "dns");
  private static final List<String> DRAWERS = List.of("util", "utils", "common", "impl", "internal", "helper", "helpers", "misc");
  private static JavaClasses house;

  @BeforeAll
  static void read_all_classes() {
    house = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.kubrig");
  }

  @TestFactory
  Stream<DynamicTest> a_component_imports_no_other_component() {
    return COMPONENTS.stream()
        .map(
            component ->
                DynamicTest.dynamicTest(
                    component,
                    () -> {
                      String[] others =
                          Stream.concat(COMPONENTS.stream().filter(other -> !other.equals(component)), Stream.of("standalone", "testkit"))
                              .map(ModuleBordersTest::packages)
                              .toArray(String[]::new);
                      noClasses()
                          .that()
                          .resideInAPackage(packages(component))
                          .should()
                          .dependOnClassesThat()
                          .resideInAnyPackage(others)
                          .because("components meet through the API, as upstream")
                          .check(house);
                    }));
  }

  @Test
  void the_machinery_stands_on_nothing_of_the_house() {
    noClasses()
        .that()
        .resideInAPackage(packages("machinery"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            Stream.concat(COMPONENTS.stream(), Stream.of("schemas", "standalone", "testkit")).map(ModuleBordersTest::packages)
                .toArray(String[]::new))
        .check(house);
  }

  @Test
  void no_package_is_a_drawer() {
    List<String> drawers =
        house.stream()
            .map(type -> type.getPackageName())
            .distinct()
            .filter(name -> Stream.of(name.split("\\.")).anyMatch(DRAWERS::contains))
            .toList();
    assertThat(drawers).isEmpty();
  }

  private static String packages(String module) {
    return "io.kubrig." + module + "..";
  }
}
