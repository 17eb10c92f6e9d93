package io.liteferry.core.planning;

import io.liteferry.core.plan.ColumnPlan;
import io.liteferry.core.plan.Encoding;
import io.liteferry.core.plan.TargetType.Kind;
import io.liteferry.core.postgres.PgSql;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Translates the few index expressions, predicates and CHECK conditions that mean the same on both sides: columns, lower,
 * upper, length, comparisons with a literal, IN, BETWEEN, IS [NOT] NULL, AND, OR, NOT. Everything else is left to a
 * person.
 */
final class ExpressionTranslation {
    private static final Pattern TOKEN = Pattern.compile(
            "\\s*(?:('(?:[^']|'')*')|(\"(?:[^\"]|\"\")*\"|`(?:[^`]|``)*`|\\[[^]]*])|(\\d+(?:\\.\\d+)?)|([A-Za-z_\\x80-\\uFFFF][\\w$\\x80-\\uFFFF]*)|(<>|!=|<=|>=|==|[-=<>(),+]))");
    private static final Set<Kind> NUMBERS =
            EnumSet.of(Kind.SMALLINT, Kind.INTEGER, Kind.BIGINT, Kind.NUMERIC, Kind.REAL, Kind.DOUBLE);
    private static final Set<Kind> TEXTS = EnumSet.of(Kind.TEXT, Kind.VARCHAR);
    private static final Set<String> KEYWORDS =
            Set.of("AND", "OR", "NOT", "IS", "NULL", "IN", "BETWEEN", "LIKE", "TRUE", "FALSE");

    /** Said by the parser where it meets what it does not translate; never leaves this class. */
    private static final class Untranslatable extends RuntimeException {
        Untranslatable() {
            super(null, null, false, false);
        }
    }

    private final String sql;
    private final Function<String, Optional<ColumnPlan>> columns;
    private final Predicate<ColumnPlan> byBytes;
    private int at;
    private String token = "";
    private TokenKind kind = TokenKind.END;

    private enum TokenKind {
        STRING,
        QUOTED_NAME,
        NUMBER,
        WORD,
        SYMBOL,
        END
    }

    private ExpressionTranslation(
            String sql, Function<String, Optional<ColumnPlan>> columns, Predicate<ColumnPlan> byBytes) {
        this.sql = sql;
        this.byBytes = byBytes;
        this.columns = columns;
    }

    /** An index term: a column, or lower or upper of one. */
    static Optional<String> term(String sql, Function<String, Optional<ColumnPlan>> columns) {
        return translated(new ExpressionTranslation(sql, columns, c -> true), ExpressionTranslation::operandTerm);
    }

    /** The predicate of a partial index, or the condition of a CHECK. */
    static Optional<String> predicate(String sql, TableDraft table) {
        // A column with a collation compares text otherwise than PostgreSQL.
        Predicate<ColumnPlan> byBytes = c -> table.profile().table().comparesBytes(c.source());
        return translated(new ExpressionTranslation(sql, table::column, byBytes), ExpressionTranslation::disjunction);
    }

    private static Optional<String> translated(ExpressionTranslation t, Function<ExpressionTranslation, String> rule) {
        try {
            t.advance();
            String result = rule.apply(t);
            return t.kind == TokenKind.END ? Optional.of(result) : Optional.empty();
        } catch (Untranslatable e) {
            return Optional.empty();
        }
    }

    private void advance() {
        if (sql.substring(at).isBlank()) {
            kind = TokenKind.END;
            token = "";
            return;
        }
        Matcher m = TOKEN.matcher(sql).region(at, sql.length());
        if (!m.lookingAt()) {
            throw new Untranslatable();
        }
        at = m.end();
        for (int group = 1; group <= 5; group++) {
            if (m.group(group) != null) {
                kind = TokenKind.values()[group - 1];
                token = m.group(group);
            }
        }
    }

    private boolean accept(String wanted) {
        boolean matches = (kind == TokenKind.WORD || kind == TokenKind.SYMBOL) && token.equalsIgnoreCase(wanted);
        if (matches) {
            advance();
        }
        return matches;
    }

    private void expect(String wanted) {
        if (!accept(wanted)) {
            throw new Untranslatable();
        }
    }

    private String disjunction() {
        StringBuilder all = new StringBuilder(conjunction());
        while (accept("OR")) {
            all.append(" OR ").append(conjunction());
        }
        return all.toString();
    }

    private String conjunction() {
        StringBuilder all = new StringBuilder(condition());
        while (accept("AND")) {
            all.append(" AND ").append(condition());
        }
        return all.toString();
    }

    private String condition() {
        if (accept("NOT")) {
            return "NOT " + condition();
        }
        if (accept("(")) {
            String inner = disjunction();
            expect(")");
            return "(" + inner + ")";
        }
        Operand left = operand();
        boolean negated = accept("NOT");
        if (accept("IN")) {
            return left.sql() + (negated ? " NOT IN " : " IN ") + literals(left);
        }
        if (accept("BETWEEN")) {
            demandNumber(left);
            String least = literal(left);
            expect("AND");
            return left.sql() + (negated ? " NOT BETWEEN " : " BETWEEN ") + least + " AND " + literal(left);
        }
        if (negated) {
            throw new Untranslatable();
        }
        if (accept("IS")) {
            boolean not = accept("NOT");
            expect("NULL");
            return left.sql() + (not ? " IS NOT NULL" : " IS NULL");
        }
        if (kind == TokenKind.SYMBOL
                && List.of("=", "==", "<>", "!=", "<", "<=", ">", ">=").contains(token)) {
            String operator = token.equals("==") ? "=" : token.equals("!=") ? "<>" : token;
            advance();
            return comparison(left, operator);
        }
        // A bare boolean column is a condition of its own.
        if (flag(left)) {
            return left.sql();
        }
        throw new Untranslatable();
    }

    private String comparison(Operand left, String operator) {
        boolean equality = operator.equals("=") || operator.equals("<>");
        if (!equality) {
            demandNumber(left);
        }
        return left.sql() + " " + operator + " " + literal(left);
    }

    private String literals(Operand left) {
        expect("(");
        StringBuilder all = new StringBuilder("(").append(literal(left));
        while (accept(",")) {
            all.append(", ").append(literal(left));
        }
        expect(")");
        return all.append(")").toString();
    }

    private void demandNumber(Operand left) {
        if (!left.number()) {
            throw new Untranslatable();
        }
    }

    /** A literal that the operand can be compared with, and that means the same on both sides. */
    private String literal(Operand left) {
        if (left.number()) {
            String sign = accept("-") ? "-" : "";
            if (kind == TokenKind.NUMBER) {
                return sign + literal();
            }
        } else if (kind == TokenKind.STRING
                && byBytes.test(left.column())
                && TEXTS.contains(left.column().type().kind())
                && !token.contains("\\")) {
            return literal();
        } else if (flag(left) && List.of("0", "1", "TRUE", "FALSE").contains(token.toUpperCase(Locale.ROOT))) {
            return String.valueOf(literal().matches("(?i)1|true"));
        }
        throw new Untranslatable();
    }

    private static boolean flag(Operand operand) {
        return operand.column().type().kind() == Kind.BOOLEAN
                && operand.column().encoding() == Encoding.ZERO_ONE;
    }

    private String literal() {
        String literal = token;
        advance();
        return literal;
    }

    /**
     * @param column the column it is made of
     * @param number whether it is compared as a number
     */
    private record Operand(String sql, ColumnPlan column, boolean number) {}

    private String operandTerm() {
        if (accept("(")) {
            String inner = operandTerm();
            expect(")");
            return inner;
        }
        return operand().sql();
    }

    private Operand operand() {
        if (kind == TokenKind.WORD && List.of("lower", "upper", "length").contains(token.toLowerCase(Locale.ROOT))) {
            String function = literal().toLowerCase(Locale.ROOT);
            expect("(");
            Operand inner = operand();
            expect(")");
            if (!TEXTS.contains(inner.column().type().kind())) {
                throw new Untranslatable();
            }
            return new Operand(function + "(" + inner.sql() + ")", inner.column(), function.equals("length"));
        }
        ColumnPlan column = columns.apply(columnName()).orElseThrow(Untranslatable::new);
        advance();
        return new Operand(
                PgSql.name(column.target()),
                column,
                NUMBERS.contains(column.type().kind()));
    }

    private String columnName() {
        if (kind == TokenKind.WORD && !KEYWORDS.contains(token.toUpperCase(Locale.ROOT))) {
            return token;
        }
        if (kind == TokenKind.QUOTED_NAME) {
            String inner = token.substring(1, token.length() - 1);
            return switch (token.charAt(0)) {
                case '"' -> inner.replace("\"\"", "\"");
                case '`' -> inner.replace("``", "`");
                default -> inner;
            };
        }
        throw new Untranslatable();
    }
}
