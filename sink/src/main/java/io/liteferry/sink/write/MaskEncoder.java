package io.liteferry.sink.write;

import io.liteferry.core.ErrorCode;
import io.liteferry.core.LiteferryException;
import io.liteferry.core.options.Options;
import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Mask;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.row.PackedReader;
import io.liteferry.core.row.PackedWriter;
import io.liteferry.core.row.StorageClass;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Writes something else in place of a value; the value itself never reaches the target. */
final class MaskEncoder {
    private static final int HASH_BYTES = Mask.HASH_DIGITS / 2;

    private MaskEncoder() {}

    /**
     * @param plain writes the column's values as they are
     * @param notNull as the target really has the column
     * @throws LiteferryException {@link ErrorCode#PLAN_INVALID} where a hash has no key
     */
    static FieldEncoder of(
            String table, ColumnPlan column, Mask mask, FieldEncoder plain, boolean notNull, String secret) {
        return switch (mask.way()) {
            case NULL ->
                (c, v, out) -> {
                    if (notNull) {
                        throw new Misfit(Misfit.Reason.NULL_VALUE);
                    }
                    out.putNullField();
                };
            case FIXED -> {
                byte[] constant = constant(column.storageClass(), mask.argument());
                PackedReader reader = new PackedReader();
                yield (c, v, out) -> {
                    reader.reset(constant);
                    plain.encode(reader.next(), reader, out);
                };
            }
            case PARTIAL -> (c, v, out) -> partial(c, v, mask.kept(), out);
            case HASH -> hash(table, column, secret);
        };
    }

    private static byte[] constant(StorageClass planned, String written) {
        PackedWriter w = new PackedWriter();
        return switch (planned) {
            case INTEGER -> w.putInteger(Long.parseLong(written)).toBytes();
            case REAL -> w.putReal(Double.parseDouble(written)).toBytes();
            case BLOB -> w.putBlob(HexFormat.of().parseHex(written)).toBytes();
            default -> w.putText(written.getBytes(StandardCharsets.UTF_8)).toBytes();
        };
    }

    private static void partial(StorageClass c, PackedReader v, int kept, BinaryBuffer out) throws Misfit {
        FieldEncoders.demand(c, StorageClass.TEXT);
        int characters = TextEncoders.codePoints(v);
        int hidden = characters > kept ? characters - kept : characters;
        int start = v.offset();
        for (int i = 0; i < hidden; i++) {
            start++;
            while (start < v.offset() + v.length() && (v.array()[start] & 0xC0) == 0x80) {
                start++;
            }
        }
        int rest = v.offset() + v.length() - start;
        out.putInt(hidden + rest);
        for (int i = 0; i < hidden; i++) {
            out.putByte('*');
        }
        out.putBytes(v.array(), start, rest);
    }

    private static FieldEncoder hash(String table, ColumnPlan column, String secret) {
        if (secret.isEmpty()) {
            throw new LiteferryException(
                    ErrorCode.PLAN_INVALID,
                    "Reading the plan of table " + table + ", column " + column.source() + ": mask: hash needs "
                            + Options.MASK_SECRET + ", which is empty. Set it by ${env:NAME} or ${file:/path}.");
        }
        Mac mac = mac(secret);
        boolean text = column.type().kind() == Kind.TEXT || column.type().kind() == Kind.VARCHAR;
        StorageClass planned = column.storageClass();
        return (c, v, out) -> {
            FieldEncoders.demand(c, planned);
            mac.update(v.array(), v.offset(), v.length());
            byte[] hash = Arrays.copyOf(mac.doFinal(), HASH_BYTES);
            byte[] written = text ? HexFormat.of().formatHex(hash).getBytes(StandardCharsets.US_ASCII) : hash;
            out.putField(written, 0, written.length);
        };
    }

    private static Mac mac(String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }
}
