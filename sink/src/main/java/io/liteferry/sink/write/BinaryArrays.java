package io.liteferry.sink.write;

import io.liteferry.core.plan.TargetType;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.util.PGBinaryObject;
import org.postgresql.util.PGobject;

/**
 * Columns of encoded rows as array parameters in binary form, for {@code unnest}. The fields are the bytes that COPY would
 * send. The connection must allow binary parameters of these types, see {@link #DRIVER_OPTION}.
 */
final class BinaryArrays {
    /** Without it the driver would ask for the text form, which these objects do not have. */
    static final String DRIVER_OPTION =
            "binaryTransferEnable=1000,1001,1005,1007,1009,1016,1021,1022,1115,1182,1183,1185,1231,199,2951,3807";

    private static final int HEADER = 20;

    private final List<TargetType> types;
    private final List<BinaryBuffer> columns = new ArrayList<>();
    private int rows;

    BinaryArrays(List<TargetType> types) {
        this.types = types;
        types.forEach(t -> columns.add(new BinaryBuffer()));
    }

    /** Takes the fields of one encoded row from {@code from} on. */
    void add(BinaryBuffer row, int from) {
        int at = from;
        for (BinaryBuffer column : columns) {
            int length = Math.max(0, row.getInt(at));
            column.putBytes(row.array(), at, 4 + length);
            at += 4 + length;
        }
        rows++;
    }

    int rows() {
        return rows;
    }

    void clear() {
        columns.forEach(c -> c.truncate(0));
        rows = 0;
    }

    /** Binds every column, the first to parameter {@code first}. */
    void bind(PreparedStatement statement, int first) throws SQLException {
        for (int i = 0; i < columns.size(); i++) {
            statement.setObject(first + i, new Parameter(element(types.get(i)), columns.get(i), rows));
        }
    }

    /** {@code ?::int8[], ?::text[]}, one for each column. */
    static String placeholders(List<TargetType> types) {
        return String.join(", ", types.stream().map(BinaryArrays::placeholder).toList());
    }

    /** Labels travel as text: only PostgreSQL knows which there are. */
    private static String placeholder(TargetType type) {
        String array = "?::" + element(type).name + "[]";
        return type.kind() == TargetType.Kind.ENUM ? array + "::" + type.sql() + "[]" : array;
    }

    private static Element element(TargetType type) {
        return switch (type.kind()) {
            case SMALLINT -> new Element("int2", 21);
            case INTEGER -> new Element("int4", 23);
            case BIGINT -> new Element("int8", 20);
            case NUMERIC -> new Element("numeric", 1700);
            case REAL -> new Element("float4", 700);
            case DOUBLE -> new Element("float8", 701);
            case BOOLEAN -> new Element("bool", 16);
            // varchar(n) and char(n) travel as text: lengths were checked, and no cast may cut them.
            case TEXT, VARCHAR, CHAR, CITEXT, ENUM -> new Element("text", 25);
            case BYTEA -> new Element("bytea", 17);
            case UUID -> new Element("uuid", 2950);
            case JSON -> new Element("json", 114);
            case JSONB -> new Element("jsonb", 3802);
            case DATE -> new Element("date", 1082);
            case TIME -> new Element("time", 1083);
            case TIMESTAMP -> new Element("timestamp", 1114);
            case TIMESTAMPTZ -> new Element("timestamptz", 1184);
        };
    }

    private record Element(String name, int oid) {}

    /** One array as the driver asks for it. */
    @SuppressWarnings("EqualsHashCode") // identity is enough for a parameter
    private static final class Parameter extends PGobject implements PGBinaryObject {
        private static final long serialVersionUID = 1;
        private final transient Element element;
        private final transient BinaryBuffer fields;
        private final int rows;

        Parameter(Element element, BinaryBuffer fields, int rows) {
            this.element = element;
            this.fields = fields;
            this.rows = rows;
            setType("_" + element.name);
        }

        @Override
        public int lengthInBytes() {
            return HEADER + fields.length();
        }

        @Override
        public void toBytes(byte[] bytes, int offset) {
            BinaryBuffer header = new BinaryBuffer();
            header.putInt(1); // dimensions
            header.putInt(1); // may hold nulls
            header.putInt(element.oid);
            header.putInt(rows);
            header.putInt(1); // lower bound
            System.arraycopy(header.array(), 0, bytes, offset, HEADER);
            System.arraycopy(fields.array(), 0, bytes, offset + HEADER, fields.length());
        }

        @Override
        public void setByteValue(byte[] value, int offset) {
            throw new UnsupportedOperationException("a parameter is only sent");
        }

        @Override
        public String getValue() {
            throw new IllegalStateException("the connection does not send " + getType() + " in binary form");
        }
    }
}
