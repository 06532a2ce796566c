package dev.millrace.controlplane.triggers.webhooks.signature;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A keyed hash (HMAC, RFC 2104). The older two are there because some providers offer nothing else. */
public enum Algorithm {
    MD5("HmacMD5"),
    SHA1("HmacSHA1"),
    SHA256("HmacSHA256"),
    SHA512("HmacSHA512");

    private final String name;

    Algorithm(String name) {
        this.name = name;
    }

    /** The hash of these parts, one after the other. */
    byte[] sign(byte[] key, byte[]... parts) {
        try {
            var mac = Mac.getInstance(name);
            mac.init(new SecretKeySpec(key, name));
            Arrays.stream(parts).forEach(mac::update);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every Java runtime has " + name + ".", e);
        }
    }
}
