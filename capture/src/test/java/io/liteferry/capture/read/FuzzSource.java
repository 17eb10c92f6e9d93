package io.liteferry.capture.read;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;

/**
 * Random writes to tables that were chosen to be hard to capture: displacement by REPLACE through every kind of unique
 * index, keys that are equal but not the same, application triggers, cascades.
 */
@NullUnmarked
final class FuzzSource {
    record Table(String name, String ddl, List<String> key, List<String> columns) {}

    record Write(String sql, List<Object> parameters) {}

    static final List<Table> TABLES = List.of(
            new Table(
                    "t1",
                    "create table t1(id integer primary key, email text unique, v, ts default 0)",
                    List.of("id"),
                    List.of("id", "email", "v", "ts")),
            new Table(
                    "t2",
                    "create table t2(id integer primary key, u text not null default 'dflt' unique on conflict replace, v)",
                    List.of("id"),
                    List.of("id", "u", "v")),
            new Table("p", "create table p(id integer primary key, name unique)", List.of("id"), List.of("id", "name")),
            new Table(
                    "ch",
                    "create table ch(id integer primary key, pid references p(id) on delete cascade on update cascade, v)",
                    List.of("id"),
                    List.of("id", "pid", "v")),
            new Table(
                    "cn",
                    "create table cn(id integer primary key, pid references p(id) on delete set null)",
                    List.of("id"),
                    List.of("id", "pid")),
            new Table("nc", "create table nc(k text collate nocase primary key, v)", List.of("k"), List.of("k", "v")),
            new Table(
                    "wr",
                    "create table wr(a text collate nocase, b int, u unique, v, primary key(a,b)) without rowid",
                    List.of("a", "b"),
                    List.of("a", "b", "u", "v")),
            new Table("ty", "create table ty(k primary key not null, v)", List.of("k"), List.of("k", "v")),
            new Table(
                    "pe",
                    "create table pe(id integer primary key, name text, live int, g generated always as (name||live) virtual)",
                    List.of("id"),
                    List.of("id", "name", "live", "g")),
            new Table(
                    "mu",
                    "create table mu(k text collate rtrim primary key, a text, b integer not null default 2, unique(a,b))",
                    List.of("k"),
                    List.of("k", "a", "b")),
            new Table("nk", "create table nk(a, b)", List.of(), List.of("a", "b")),
            new Table(
                    "uk",
                    "create table uk(id integer primary key, code text not null unique, v)",
                    List.of("code"),
                    List.of("id", "code", "v")));

    static final List<String> INDEXES = List.of(
            "create unique index pe_u on pe(lower(name)) where live=1",
            "create unique index mu_u on mu(a collate nocase desc)",
            "create unique index nk_u on nk(b)");

    static final List<String> APPLICATION_TRIGGERS = List.of(
            "create trigger app_t1 after update of v on t1 begin update t1 set ts=ts+1 where id=new.id; end",
            "create trigger app_t1i after insert on t1 when new.v=7 begin delete from t1 where id=new.id; end",
            "create trigger app_t2 before insert on t2 when new.v=3 begin update t2 set u='moved'||id where id=1; end",
            "create trigger app_p after delete on p begin insert or replace into t1(id,email,v) values(old.id,'p'||(old.id%4),0); end",
            "create trigger app_nc after insert on nc when new.v=5 begin update nc set v=v+100 where k=new.k; end");

    private final Random r;

    FuzzSource(Random random) {
        this.r = random;
    }

    @SafeVarargs
    private final <T> T any(T... choices) {
        return choices[r.nextInt(choices.length)];
    }

    private long id() {
        return 1L + r.nextInt(6);
    }

    private String email() {
        return any("e" + (1 + r.nextInt(4)), "p1", null);
    }

    private Object value() {
        return any(0L, 1L, 2L, 3L, 5L, 7L, "x", "y");
    }

    private Object key() {
        return any(1L, 1.0, 2L, "a", "A", "b", "B ", "1", new byte[] {'1'}, 0.0, -0.0, 3L);
    }

    private static Write write(String sql, Object... parameters) {
        return new Write(sql, new ArrayList<>(Arrays.asList(parameters)));
    }

    Write next() {
        String or = any("", " or replace", " or replace", " or ignore", " or fail", " or abort");
        double k = r.nextDouble();
        return switch (TABLES.get(r.nextInt(TABLES.size())).name()) {
            case "t1" -> t1(or, k);
            case "t2" ->
                k < .6
                        ? write(
                                "insert" + or + " into t2(id,u,v) values(?,?,?)",
                                any(null, id()),
                                any(null, "a", "b", "moved1"),
                                value())
                        : k < .8
                                ? write(
                                        "update" + or + " t2 set u=?,v=? where id=?",
                                        any(null, "a", "b"),
                                        value(),
                                        id())
                                : write("delete from t2 where id=?", id());
            case "p" ->
                k < .6
                        ? write("insert" + or + " into p values(?,?)", id(), any("n1", "n2", "n3", null))
                        : k < .8
                                ? write(
                                        "update" + or + " p set id=?,name=? where id=?",
                                        id(),
                                        any("n1", "n2", "n3"),
                                        id())
                                : write("delete from p where id=?", id());
            case "ch" -> child(or, k, "ch");
            case "cn" -> child(or, k, "cn");
            case "nc" ->
                k < .6
                        ? write(
                                "insert" + or + " into nc values(?,?)",
                                r.nextInt(150) == 0 ? null : any("a", "A", "b", "B", "c"),
                                value())
                        : k < .85
                                ? write(
                                        "update" + or + " nc set k=?,v=? where k=?",
                                        any("a", "A", "b", "B", "c"),
                                        value(),
                                        any("a", "b", "c"))
                                : write("delete from nc where k=?", any("a", "b", "c", "A", "B", "C"));
            case "wr" ->
                k < .6
                        ? write(
                                "insert" + or + " into wr values(?,?,?,?)",
                                any("a", "A", "b"),
                                1L + r.nextInt(2),
                                any(1L, 2L, 3L, null),
                                value())
                        : k < .85
                                ? write(
                                        "update" + or + " wr set a=?,u=? where b=?",
                                        any("a", "A", "b", "B"),
                                        any(1L, 2L, 3L),
                                        1L + r.nextInt(2))
                                : write("delete from wr where u=?", 1L + r.nextInt(3));
            case "ty" ->
                k < .6
                        ? write("insert" + or + " into ty values(?,?)", key(), value())
                        : k < .85
                                ? write("update" + or + " ty set k=? where k=?", key(), key())
                                : write("delete from ty where k=?", key());
            case "mu" ->
                k < .6
                        ? write(
                                "insert" + or + " into mu values(?,?,?)",
                                any("a", "a ", "b", "b  ", "A"),
                                any("x", "X", "y", null),
                                any(1L, 2L, null, "1"))
                        : k < .85
                                ? write(
                                        "update" + or + " mu set a=?,b=?,k=k||? where k=?",
                                        any("x", "X", "y", "Y"),
                                        any(1L, 2L),
                                        any("", " "),
                                        any("a", "b"))
                                : write("delete from mu where k=?", any("a", "b"));
            case "nk" ->
                k < .5
                        ? write("insert" + or + " into nk(a,b) values(?,?)", value(), id())
                        : k < .65
                                ? write("insert" + or + " into nk(rowid,a,b) values(?,?,?)", id(), value(), id())
                                : k < .85
                                        ? write(
                                                "update" + or + " nk set b=?, rowid=rowid+? where b=?",
                                                id(),
                                                any(0L, 0L, 1L),
                                                id())
                                        : write("delete from nk where b=?", id());
            case "uk" ->
                k < .6
                        ? write(
                                "insert" + or + " into uk values(?,?,?)",
                                any(null, id()),
                                any("a", "b", "c", "d"),
                                value())
                        : k < .85
                                ? write(
                                        "update" + or + " uk set id=?,code=? where id=?",
                                        id(),
                                        any("a", "b", "c", "d"),
                                        id())
                                : write("delete from uk where code=?", any("a", "b", "c"));
            default ->
                k < .6
                        ? write(
                                "insert" + or + " into pe(id,name,live) values(?,?,?)",
                                any(null, id()),
                                any("Bob", "BOB", "al", null),
                                (long) r.nextInt(2))
                        : k < .85
                                ? write(
                                        "update" + or + " pe set live=?,name=? where id=?",
                                        (long) r.nextInt(2),
                                        any("bob", "AL"),
                                        id())
                                : write("delete from pe where id=?", id());
        };
    }

    private Write t1(String or, double k) {
        if (k < .4) {
            return write(
                    "insert" + or + " into t1(id,email,v) values(?,?,?),(?,?,?)",
                    any(null, id()),
                    email(),
                    value(),
                    any(null, id()),
                    email(),
                    value());
        }
        if (k < .55) {
            return write(
                    "insert into t1(id,email,v) values(?,?,?) on conflict(email) do update set v=excluded.v, id=excluded.id+10",
                    id(),
                    email(),
                    value());
        }
        if (k < .6) {
            return write("insert into t1(id,email,v) values(?,?,?) on conflict do nothing", id(), email(), value());
        }
        if (k < .85) {
            return write("update" + or + " t1 set email=?, v=? where id in(?,?)", email(), value(), id(), id());
        }
        if (k < .9) {
            return write("update" + or + " t1 set id=id+? where id>?", any(1L, -1L, 5L), id());
        }
        return k > .99 ? write("delete from t1") : write("delete from t1 where id=? or id>9", id());
    }

    private Write child(String or, double k, String table) {
        if (k < .7) {
            return write("insert" + or + " into " + table + "(id,pid) values(?,?)", id(), any(null, id()));
        }
        return k < .9
                ? write("update" + or + " " + table + " set pid=?,id=? where id=?", id(), id(), id())
                : write("delete from " + table + " where id=?", id());
    }
}
