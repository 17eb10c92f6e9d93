package io.liteferry.validator.canonical;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.TargetType;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.StorageClass;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What a masked column must hold in the target, from the source's value; worked out apart from the sink. */
final class Masked {
    private static final String ALGORITHM = "HmacSHA256";

    private Masked() {}

    /** @param unmasked writes a value as it is */
    static SourceForm.Decoder of(ColumnPlan column, SourceForm.Decoder unmasked, String secret) {
        if (column.mask().isEmpty()) {
            return unmasked;
        }
        String argument = column.mask().get().argument();
        return switch (column.mask().get().way()) {
            case NULL ->
                (c, v, row) -> {
                    row.putNull();
                    return true;
                };
            case FIXED -> {
                PackedReader constant = new PackedReader();
                byte[] packed = packed(column, argument);
                yield (c, v, row) -> unmasked.put(constant.reset(packed).next(), constant, row);
            }
            case PARTIAL -> (c, v, row) -> stars(c, v, Integer.parseInt(argument), row);
            case HASH -> hashed(column, secret);
        };
    }

    private static byte[] packed(ColumnPlan column, String written) {
        PackedWriter w = new PackedWriter();
        StorageClass planned = column.storageClass();
        if (planned == StorageClass.INTEGER) {
            return w.putInteger(Long.decode(written)).toBytes();
        }
        if (planned == StorageClass.REAL) {
            return w.putReal(Double.valueOf(written)).toBytes();
        }
        if (planned == StorageClass.TEXT) {
            return w.putText(written.getBytes(StandardCharsets.UTF_8)).toBytes();
        }
        byte[] blob = new byte[written.length() / 2];
        for (int i = 0; i < blob.length; i++) {
            blob[i] = (byte) Integer.parseInt(written.substring(2 * i, 2 * i + 2), 16);
        }
        return w.putBlob(blob).toBytes();
    }

    private static boolean stars(StorageClass c, PackedReader v, int kept, CanonicalRow row) {
        if (c != StorageClass.TEXT || Utf8.characters(v.array(), v.offset(), v.length()) < 0) {
            return false;
        }
        int[] text = new String(v.array(), v.offset(), v.length(), StandardCharsets.UTF_8)
                .codePoints()
                .toArray();
        int shown = text.length > kept ? kept : 0;
        String masked = "*".repeat(text.length - shown) + new String(text, text.length - shown, shown);
        byte[] utf8 = masked.getBytes(StandardCharsets.UTF_8);
        row.putBytes(CanonicalRow.TEXT, utf8, 0, utf8.length);
        return true;
    }

    private static SourceForm.Decoder hashed(ColumnPlan column, String secret) {
        if (secret.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.PLAN_INVALID,
                    "Comparing column " + column.source() + ": mask: hash needs " + Options.MASK_SECRET
                            + ", which is empty. Give the validator the key that the sink has.");
        }
        Mac mac = keyed(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
        StorageClass planned = column.storageClass();
        TargetType.Kind kind = column.type().kind();
        return (c, v, row) -> {
            if (c != planned) {
                return false;
            }
            ByteBuffer hash = ByteBuffer.wrap(hmac(mac, v));
            switch (kind) {
                case UUID -> row.putUuid(hash.getLong(), hash.getLong());
                case BYTEA -> row.putBytes(CanonicalRow.BYTES, hash.array(), 0, 16);
                default -> {
                    BigInteger first = new BigInteger(1, hash.array()).shiftRight(128);
                    byte[] digits = String.format(Locale.ROOT, "%032x", first).getBytes(StandardCharsets.US_ASCII);
                    row.putBytes(CanonicalRow.TEXT, digits, 0, digits.length);
                }
            }
            return true;
        };
    }

    private static byte[] hmac(Mac mac, PackedReader v) {
        mac.update(v.array(), v.offset(), v.length());
        return mac.doFinal();
    }

    private static Mac keyed(SecretKeySpec key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }
}
