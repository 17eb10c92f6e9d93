package io.liteferry.core.options;

import io.liteferry.core.options.UnitValue.Unit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Range;
import org.apache.kafka.common.config.ConfigDef.Width;
import org.jspecify.annotations.Nullable;

/** Declares options a line each: group by group, in the order of the reference documentation. */
final class Declaration {
    private record Option(
            String name,
            ConfigDef.Type type,
            Object otherwise,
            ConfigDef.@Nullable Validator validator,
            Importance importance,
            Unit unit) {}

    private final ConfigDef definition = new ConfigDef();
    private final Map<String, Unit> units = new HashMap<>();
    private final Map<String, String> ranges = new HashMap<>();
    private String group = "";
    private int order;
    private @Nullable Option option;

    Declaration group(String name) {
        group = name;
        order = 0;
        return this;
    }

    Declaration text(String name, String otherwise, Importance importance) {
        return next(new Option(name, ConfigDef.Type.STRING, otherwise, null, importance, Unit.NONE));
    }

    /** One of a few words; the first is the default. */
    Declaration choice(String name, Importance importance, String... words) {
        ranges.put(name, "`" + String.join("` or `", words) + "`");
        return next(new Option(
                name, ConfigDef.Type.STRING, words[0], ConfigDef.ValidString.in(words), importance, Unit.NONE));
    }

    Declaration flag(String name, boolean otherwise, Importance importance) {
        ranges.put(name, "`true` or `false`");
        return next(new Option(name, ConfigDef.Type.BOOLEAN, otherwise, null, importance, Unit.NONE));
    }

    Declaration secret(String name, Importance importance) {
        return next(new Option(name, ConfigDef.Type.PASSWORD, "", null, importance, Unit.NONE));
    }

    Declaration count(String name, int otherwise, int least, int most, Importance importance) {
        return ranged(name, ConfigDef.Type.INT, otherwise, least, most, Unit.NONE, importance);
    }

    Declaration number(String name, long otherwise, long least, long most, Unit unit, Importance importance) {
        return ranged(name, ConfigDef.Type.LONG, otherwise, least, most, unit, importance);
    }

    private Declaration ranged(
            String name,
            ConfigDef.Type type,
            Object otherwise,
            long least,
            long most,
            Unit unit,
            Importance importance) {
        boolean open = most == Long.MAX_VALUE;
        ranges.put(name, UnitValue.shown(least, unit) + (open ? " and more" : " to " + UnitValue.shown(most, unit)));
        return next(new Option(name, type, otherwise, Range.between(least, most), importance, unit));
    }

    private Declaration next(Option option) {
        this.option = option;
        return this;
    }

    /** What the option declared last means; completes it. */
    Declaration doc(String documentation) {
        Option o = Objects.requireNonNull(option);
        Width width = ranges.containsKey(o.name) ? Width.SHORT : Width.LONG;
        definition.define(
                o.name, o.type, o.otherwise, o.validator, o.importance, documentation, group, ++order, width, o.name);
        units.put(o.name, o.unit);
        option = null;
        return this;
    }

    ConfigDef definition() {
        return definition;
    }

    Map<String, Unit> units() {
        return Map.copyOf(units);
    }

    /** Ranges as a person writes them, by option. */
    Map<String, String> ranges() {
        return Map.copyOf(ranges);
    }
}
