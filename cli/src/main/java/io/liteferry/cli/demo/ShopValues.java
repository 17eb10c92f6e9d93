package io.liteferry.cli.demo;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;

/** Values as a shop has them, in several scripts and encodings, drawn from a seeded source. */
final class ShopValues {
    private static final DateTimeFormatter ISO =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final long TWO_YEARS_MILLIS = 63_072_000_000L;
    private static final String[] FIRST = {
        "Anna", "Björn", "Chloé", "Đặng", "Мария", "李雷", "Zoë", "Omar", "Señora", "Łukasz", "さくら", "Noah"
    };
    private static final String[] LAST = {
        "Öberg", "O'Brien", "García", "Müller", "Иванова", "王", "Nguyễn", "Smith", "Çelik", "d'Arc", "Ærø", "Jones"
    };
    private static final String[] THING = {
        "Fahrrad 🚲",
        "Teapot",
        "Crème brûlée set",
        "雨傘",
        "Lamp \"Nova\"",
        "Шарф",
        "Desk, oak",
        "Mug 0.3 l",
        "Tent\t2p",
        "Ski"
    };
    private static final String[] NOTE = {
        "Please ring twice 🔔",
        "Für Mütterchen, mit Schleife",
        "朝に届けてください",
        "line one\nline two",
        "100 % sure; \\ no slash",
        ""
    };
    private static final String[] STATUS = {"placed", "paid", "shipped", "returned"};
    private static final String[] DEVICE = {"phone", "laptop", "tablet", "café kiosk"};

    private final Random random;

    ShopValues(Random random) {
        this.random = random;
    }

    String person() {
        return pick(FIRST) + " " + pick(LAST);
    }

    String company(int i) {
        return pick(LAST) + " & " + pick(LAST) + " Nº " + i;
    }

    String product() {
        return pick(THING) + " " + (1 + random.nextInt(999));
    }

    String note() {
        return pick(NOTE);
    }

    String status() {
        return pick(STATUS);
    }

    String device() {
        return pick(DEVICE);
    }

    /** Some in capitals: the column does not distinguish case. */
    String email(long i) {
        String email = "user" + i + "@" + (random.nextBoolean() ? "example.org" : "shop.example");
        return random.nextInt(4) == 0 ? email.toUpperCase(Locale.ROOT) : email;
    }

    /** Text with two digits after the point, below {@code limit}. */
    String decimal(int limit) {
        int cents = random.nextInt(limit * 100);
        return cents / 100 + "." + cents % 100 / 10 + cents % 10;
    }

    long millis() {
        return ShopDatabase.EPOCH_MILLIS - (long) (random.nextDouble() * TWO_YEARS_MILLIS);
    }

    String isoTime() {
        return ISO.format(Instant.ofEpochMilli(millis()));
    }

    /** A moment of its own for every {@code i}. */
    String isoTime(long i) {
        return ISO.format(Instant.ofEpochMilli(ShopDatabase.EPOCH_MILLIS).plusSeconds(i));
    }

    String date() {
        return LocalDate.ofEpochDay(random.nextInt(20_000)).toString();
    }

    String uuid() {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    String settings() {
        return "{\"theme\":\"" + (random.nextBoolean() ? "dark" : "hell ☀") + "\",\"seats\":" + random.nextInt(500)
                + ",\"vat\":0.19}";
    }

    String attributes() {
        return "{\"colour\":\"" + (random.nextBoolean() ? "grün" : "red") + "\",\"tags\":[\"new\",null,true],\"size\":"
                + random.nextInt(60) + "}";
    }

    String response(long order) {
        return "{\"status\":201,\"order\":" + order + "}";
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }
}
