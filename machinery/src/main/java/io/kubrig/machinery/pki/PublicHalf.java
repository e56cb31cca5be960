package io.kubrig.machinery.pki;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.RSAPublicKeySpec;

/**
 * The public key that belongs to a private one. For elliptic curves it is computed, by the textbook: not in constant time, so only for keys
 * that a process reads from its own files when it starts.
 */
public final class PublicHalf {
  private static final BigInteger TWO = BigInteger.TWO;
  private static final BigInteger THREE = BigInteger.valueOf(3);

  private final BigInteger prime;
  private final BigInteger a;

  private PublicHalf(ECParameterSpec curve) {
    this.prime = ((ECFieldFp) curve.getCurve().getField()).getP();
    this.a = curve.getCurve().getA();
  }

  /** @throws PkiException the key is neither an RSA nor an ECDSA key */
  public static PublicKey of(PrivateKey key) {
    try {
      return switch (key) {
        case RSAPrivateCrtKey rsa ->
            KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
        case ECPrivateKey elliptic -> {
          ECParameterSpec curve = elliptic.getParams();
          ECPoint point = new PublicHalf(curve).times(curve.getGenerator(), elliptic.getS());
          yield KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, curve));
        }
        default -> throw new PkiException("a key of " + key.getAlgorithm() + " is neither an RSA nor an ECDSA key");
      };
    } catch (GeneralSecurityException e) {
      throw new PkiException("the key has no public half: " + e.getMessage(), e);
    }
  }

  private ECPoint times(ECPoint point, BigInteger factor) {
    ECPoint result = ECPoint.POINT_INFINITY;
    for (int bit = factor.bitLength() - 1; bit >= 0; bit--) {
      result = plus(result, result);
      if (factor.testBit(bit)) {
        result = plus(result, point);
      }
    }
    return result;
  }

  private ECPoint plus(ECPoint p, ECPoint q) {
    if (p.equals(ECPoint.POINT_INFINITY)) {
      return q;
    }
    if (q.equals(ECPoint.POINT_INFINITY)) {
      return p;
    }
    BigInteger slope;
    if (p.getAffineX().equals(q.getAffineX())) {
      if (!p.getAffineY().equals(q.getAffineY()) || p.getAffineY().signum() == 0) {
        return ECPoint.POINT_INFINITY;
      }
      slope = p.getAffineX().pow(2).multiply(THREE).add(a).multiply(p.getAffineY().multiply(TWO).modInverse(prime));
    } else {
      slope = q.getAffineY().subtract(p.getAffineY()).multiply(q.getAffineX().subtract(p.getAffineX()).modInverse(prime));
    }
    BigInteger x = slope.pow(2).subtract(p.getAffineX()).subtract(q.getAffineX()).mod(prime);
    return new ECPoint(x, slope.multiply(p.getAffineX().subtract(x)).subtract(p.getAffineY()).mod(prime));
  }
}
