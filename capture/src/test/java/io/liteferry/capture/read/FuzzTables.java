package io.liteferry.capture.read;

import io.liteferry.core.sqlite.Sql;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;

/**
 * Tables that were chosen to be hard to capture: displaced rows through every kind of unique index, keys that are equal but
 * not the same, values that no driver carries by itself, cascades, application triggers, names that must be quoted.
 */
@NullUnmarked
final class FuzzTables {
    private FuzzTables() {}

    /**
     * A column and what is written into it.
     *
     * @param values bound as they are; a {@link Sql1} is written into the statement
     */
    record Column(String name, List<Object> values) {}

    /** A value that has to be written as an expression. */
    record Sql1(String sql) {}

    /**
     * @param key empty for the rowid
     * @param written columns that statements write, in their order
     * @param generated columns that are read only
     * @param conflictTargets of ON CONFLICT
     * @param indexes made with the table
     * @param triggers of the application
     * @param statements that no generator would make
     */
    record Table(
            String name,
            String ddl,
            List<String> key,
            List<Column> written,
            List<String> generated,
            List<String> conflictTargets,
            List<String> indexes,
            List<String> triggers,
            List<String> statements) {
        List<String> columns() {
            return Stream.concat(written.stream().map(Column::name).filter(c -> !c.equals("rowid")), generated.stream())
                    .toList();
        }

        String sqlName() {
            return Sql.name(name);
        }

        Table generated(String... columns) {
            return new Table(name, ddl, key, written, List.of(columns), conflictTargets, indexes, triggers, statements);
        }

        Table conflicts(String... targets) {
            return new Table(name, ddl, key, written, generated, List.of(targets), indexes, triggers, statements);
        }

        Table indexes(String... sql) {
            return new Table(name, ddl, key, written, generated, conflictTargets, List.of(sql), triggers, statements);
        }

        Table triggers(String... sql) {
            return new Table(name, ddl, key, written, generated, conflictTargets, indexes, List.of(sql), statements);
        }

        Table statements(String... sql) {
            return new Table(name, ddl, key, written, generated, conflictTargets, indexes, triggers, List.of(sql));
        }
    }

    private static final Object[] IDS = {1L, 2L, 3L, 4L, 5L, 6L};
    private static final Object[] NEW_IDS = {-1L, 1L, 2L, 3L, 4L, 5L, 6L, null};
    private static final Object[] VALUES = {0L, 1L, 2L, 3L, 5L, 7L, "x", "y"};
    private static final Object[] ODD = {
        null,
        "",
        "é€😀",
        "a\u0000b",
        new byte[0],
        new byte[] {0, -1},
        -0.0,
        0.0,
        0L,
        4.0,
        4L,
        Double.NaN,
        Double.MIN_VALUE,
        Double.MAX_VALUE,
        Long.MIN_VALUE,
        Long.MAX_VALUE,
        9.223372036854776E18,
        new Sql1("9e999"),
        new Sql1("-9e999"),
        new Sql1("CAST(x'ff41' AS TEXT)"),
        new Sql1("CAST(x'eda080' AS TEXT)"),
        new Sql1("zeroblob(3)"),
        " 1",
        "1.0",
        "2024-02-30"
    };
    private static final Object[] TYPELESS_KEYS = {
        1L,
        1.0,
        2L,
        "a",
        "A",
        "b",
        "B ",
        "1",
        new byte[] {'1'},
        0.0,
        -0.0,
        3L,
        new Sql1("9e999"),
        new Sql1("CAST(x'ff41' AS TEXT)")
    };

    private static Column column(String name, Object... values) {
        return new Column(name, Collections.unmodifiableList(Arrays.asList(values)));
    }

    private static Table table(String name, String ddl, List<String> key, Column... written) {
        return new Table(name, ddl, key, List.of(written), List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** Tables that refer to each other stand in one group, the parent first. */
    static final List<List<Table>> GROUPS = List.of(
            List.of(
                    table(
                                    "t1",
                                    "create table t1(id integer primary key, email text unique, v, ts default 0)",
                                    List.of("id"),
                                    column("id", NEW_IDS),
                                    column("email", "e1", "e2", "e3", "e4", "p1", null),
                                    column("v", VALUES),
                                    column("ts", 0L, 1L))
                            .conflicts("(email)", "(id)", "")
                            .triggers(
                                    "create trigger app_t1 after update of v on t1 begin update t1 set ts=ts+1 where id=new.id; end",
                                    "create trigger app_t1i after insert on t1 when new.v=7 begin delete from t1 where id=new.id; end",
                                    "create view t1_view as select id, email, v from t1",
                                    "create trigger app_t1v instead of insert on t1_view begin insert or replace into t1(id,email,v) values(new.id,new.email,new.v); end")
                            .statements(
                                    "insert into t1(id,email,v) values(2,'e1',1) on conflict(email) do update set v=excluded.v, id=excluded.id+10",
                                    "update or replace t1 set id=id+1 where id>2",
                                    "update t1 set id=id-1 where id>4",
                                    "update or replace t1 set email='e'||(id%3), id=id+5 where id<4",
                                    "insert into t1_view(id,email,v) values(3,'e2',2)",
                                    "update t1 set v=s.v from (select 1 as id, 5 as v union all select 2, 6) as s where t1.id=s.id",
                                    "with q(i) as (values(1),(2)) insert or replace into t1(id,email) select i, 'e'||i from q returning id",
                                    "delete from t1 where id>9"),
                    table(
                                    "p",
                                    "create table p(id integer primary key, name unique)",
                                    List.of("id"),
                                    column("id", IDS),
                                    column("name", "n1", "n2", "n3", null))
                            .conflicts("(name)", "(id)")
                            .triggers(
                                    "create trigger app_p after delete on p begin insert or replace into t1(id,email,v) values(old.id,'p'||(old.id%4),0); end"),
                    table(
                                    "ch",
                                    "create table ch(id integer primary key, pid references p(id) on delete cascade on update cascade, v)",
                                    List.of("id"),
                                    column("id", IDS),
                                    column("pid", NEW_IDS),
                                    column("v", VALUES))
                            .triggers(
                                    "create trigger app_ch after delete on ch when old.v=2 begin select raise(fail, 'keep it'); end",
                                    "create trigger app_ch2 after update on ch when new.v=3 begin select raise(fail, 'keep it'); end"),
                    table(
                            "cn",
                            "create table cn(id integer primary key, pid references p(id) on delete set null)",
                            List.of("id"),
                            column("id", IDS),
                            column("pid", NEW_IDS))),
            List.of(
                    table(
                                    "t2",
                                    "create table t2(id integer primary key, u text not null default 'dflt' unique on conflict replace, v)",
                                    List.of("id"),
                                    column("id", NEW_IDS),
                                    column("u", null, "a", "b", "moved1", "dflt"),
                                    column("v", VALUES))
                            .conflicts("(u)")
                            .triggers(
                                    "create trigger app_t2 before insert on t2 when new.v=3 begin update t2 set u='moved'||id where id=1; end")),
            List.of(table(
                            "nc",
                            "create table nc(k text collate nocase primary key, v)",
                            List.of("k"),
                            column("k", "a", "A", "b", "B", "c", "é", "É"),
                            column("v", VALUES))
                    .conflicts("(k)", "")
                    .triggers(
                            "create trigger app_nc after insert on nc when new.v=5 begin update nc set v=v+100 where k=new.k; end")
                    .statements(
                            "update or replace nc set k=upper(k)", "update or replace nc set k=lower(k) where k='A'")),
            List.of(
                    table(
                                    "wr",
                                    "create table wr(a text collate nocase, b int, u unique, v, primary key(a,b)) without rowid",
                                    List.of("a", "b"),
                                    column("a", "a", "A", "b", "B"),
                                    column("b", 1L, 2L),
                                    column("u", 1L, 2L, 3L, null),
                                    column("v", VALUES))
                            .conflicts("(a,b)", "(u)"),
                    table(
                            "wc",
                            "create table wc(id integer primary key, u references wr(u) on delete cascade on update set null, v unique on conflict replace)",
                            List.of("id"),
                            column("id", NEW_IDS),
                            column("u", 1L, 2L, 3L, null),
                            column("v", VALUES))),
            List.of(table(
                            "ty",
                            "create table ty(k primary key not null, v)",
                            List.of("k"),
                            column("k", TYPELESS_KEYS),
                            column("v", ODD))
                    .conflicts("(k)")
                    .statements(
                            "update or replace ty set k=-k where k=0",
                            "update ty set k=k*1.0 where typeof(k)='integer'")),
            List.of(table(
                            "pe",
                            "create table pe(id integer primary key, name text, live int, g generated always as (name||live) virtual)",
                            List.of("id"),
                            column("id", NEW_IDS),
                            column("name", "Bob", "BOB", "al", "AL", null),
                            column("live", 0L, 1L))
                    .generated("g")
                    .conflicts("(lower(name)) where live=1", "(id)")
                    .indexes("create unique index pe_u on pe(lower(name)) where live=1")),
            List.of(table(
                            "mu",
                            "create table mu(k text collate rtrim primary key, a text, b integer not null default 2, unique(a,b))",
                            List.of("k"),
                            column("k", "a", "a ", "b", "b  ", "A"),
                            column("a", "x", "X", "y", "Y", null),
                            column("b", 1L, 2L, null, "1"))
                    .conflicts("(k)", "(a,b)")
                    .indexes("create unique index mu_u on mu(a collate nocase desc)")
                    .statements("update or replace mu set k=k||' ' where k='a'")),
            List.of(table(
                            "nk",
                            "create table nk(a, b)",
                            List.of(),
                            column("rowid", NEW_IDS),
                            column("a", ODD),
                            column("b", IDS))
                    .indexes("create unique index nk_u on nk(b)")
                    .statements("update or replace nk set rowid=rowid+1 where b>3", "delete from nk where rowid<3")),
            List.of(table(
                            "uk",
                            "create table uk(id integer primary key, code text not null unique, v)",
                            List.of("code"),
                            column("id", NEW_IDS),
                            column("code", "a", "b", "c", "d"),
                            column("v", ODD))
                    .conflicts("(code)", "(id)")),
            List.of(
                    table(
                                    "st",
                                    "create table st(id integer primary key, a text unique, n int not null default 3, r real, b blob, x any, unique(n, b)) strict",
                                    List.of("id"),
                                    column("id", NEW_IDS),
                                    column("a", "a", "b", "c", null, "é"),
                                    column("n", 1L, 2L, null, 3L),
                                    column("r", 1.5, 2L, -0.0, null, new Sql1("9e999")),
                                    column("b", new byte[] {1}, new byte[0], null),
                                    column("x", ODD))
                            .conflicts("(a)", "(n,b)")
                            .triggers(
                                    "create trigger app_st after update on st when new.a='c' begin select raise(fail, 'no c'); end")),
            List.of(table(
                            "mk",
                            "create table mk(a not null, b text collate nocase not null, c blob not null, v, primary key(a, b, c))",
                            List.of("a", "b", "c"),
                            column("a", 1L, 1.0, "1", -0.0, 0.0),
                            column("b", "x", "X", "y"),
                            column("c", new byte[] {1}, "\u0001", 1L),
                            column("v", VALUES))
                    .conflicts("(a,b,c)")),
            List.of(
                    table(
                                    "wb",
                                    "create table wb(k blob primary key, u text, v default 'd', g text generated always as (upper(u)) stored unique) without rowid",
                                    List.of("k"),
                                    column("k", new byte[] {1}, new byte[] {2}, new byte[0], "1", 1L),
                                    column("u", "a", "A", "b", "c", null),
                                    column("v", VALUES))
                            .generated("g")
                            .conflicts("(k)", "(g)")
                            .triggers(
                                    "create trigger app_wb before delete on wb begin update wb set v='gone' where k<>old.k; end")),
            List.of(
                    table(
                                    "sr",
                                    "create table sr(id integer primary key, up default 1 references sr(id) on delete set default on update cascade deferrable initially deferred, code text unique)",
                                    List.of("id"),
                                    column("id", IDS),
                                    column("up", NEW_IDS),
                                    column("code", "x", "y", "z", null))
                            .conflicts("(code)")
                            .triggers(
                                    "create trigger app_sr2 after insert on sr when new.code='z' and new.up=4 begin select raise(rollback, 'not z'); end",
                                    "create trigger app_sr3 after delete on sr when old.code='y' begin select raise(abort, 'not y'); end")),
            List.of(
                    table(
                                    "ai",
                                    "create table ai(id integer primary key autoincrement, e text collate nocase, f int, unique(e, f) on conflict replace)",
                                    List.of("id"),
                                    column("id", NEW_IDS),
                                    column("e", "e", "E", "f", null),
                                    column("f", 1L, 2L, 3L))
                            .triggers(
                                    "create trigger app_ai before insert on ai when new.f=3 begin select raise(ignore); end",
                                    "create trigger app_ai2 after delete on ai begin insert into ai(e,f) values(old.e,9); end")),
            List.of(table(
                            "qd",
                            "create table qd(id integer primary key desc, w real, x numeric unique)",
                            List.of("id"),
                            column("id", 1L, 2L, 3L, 2.0),
                            column("w", 1L, 2.5, "z", -0.0, null),
                            column("x", 1L, 1.0, "1", " 2", 2L, null))
                    .conflicts("(id)", "(x)")),
            List.of(table(
                            "o d\"d",
                            "create table \"o d\"\"d\"(\"select\" text collate rtrim not null, \"a b\", \"sp ace\" unique, primary key(\"select\" desc))",
                            List.of("select"),
                            column("select", "a", "a ", "b", "é"),
                            column("a b", ODD),
                            column("sp ace", 1L, 2L, "1", null))
                    .conflicts("(\"select\")", "(\"sp ace\")")),
            List.of(table(
                            "kl",
                            "create table kl(w real, x)",
                            List.of(),
                            column("w", 1L, 2L, 3.5, null),
                            column("x", ODD))
                    .statements("delete from kl where w=2")));

    /** Some of the tables: all of them would make a run slow, and few writes to each. */
    static List<Table> some(Random r, int groups) {
        List<List<Table>> shuffled = new ArrayList<>(GROUPS);
        Collections.shuffle(shuffled, r);
        return shuffled.subList(0, groups).stream().flatMap(List::stream).toList();
    }
}
