package dev.millrace.samples.orders;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Invents the sample's thousand orders: one busy day of a European outdoor shop. The same every time. Run its main
 * method in the directory of the sample to write {@code orders.jsonl} anew.
 */
final class OrderFileGenerator {
    private static final int ORDERS = 1_000;
    private static final Instant OPENING = Instant.parse("2026-11-20T06:00:00Z");

    private record Country(
            String code,
            String currency,
            List<String> firstNames,
            List<String> lastNames,
            List<String> streets,
            List<String> towns,
            String postBox) {}

    private record Article(String sku, String name, long cents) {}

    /** What is special about an order; the rest of it is drawn freely. */
    private enum Twist {
        NONE,
        CARD_DECLINED,
        CARD_EXPIRED,
        CARD_STOLEN,
        PAYMENT_BUSY_ONCE,
        PAYMENT_BUSY_TWICE,
        SOLD_OUT,
        POST_BOX
    }

    private static final List<Country> COUNTRIES = List.of(
            new Country(
                    "DE",
                    "EUR",
                    List.of("Anna", "Lukas", "Marie", "Jonas", "Katrin", "Felix", "Sabine", "Tobias", "Lena", "Uwe"),
                    List.of("Müller", "Schäfer", "Vogt", "Hoffmann", "Krüger", "Brandt", "Lindner", "Weiß", "Otto"),
                    List.of("Lindenstraße", "Am Mühlgraben", "Goethestraße", "Bahnhofstraße", "Rosenweg", "Hafenallee"),
                    List.of(
                            "10115 Berlin",
                            "20095 Hamburg",
                            "80331 München",
                            "50667 Köln",
                            "01067 Dresden",
                            "04109 Leipzig"),
                    "Postfach "),
            new Country(
                    "AT",
                    "EUR",
                    List.of("Johanna", "Maximilian", "Theresa", "Stefan", "Elfriede", "Matthias"),
                    List.of("Gruber", "Huber", "Steiner", "Pichler", "Moser", "Leitner"),
                    List.of("Mariahilfer Straße", "Schlossgasse", "Linzer Straße", "Am Inn"),
                    List.of("1070 Wien", "8010 Graz", "5020 Salzburg", "6020 Innsbruck"),
                    "Postfach "),
            new Country(
                    "CH",
                    "CHF",
                    List.of("Ursina", "Reto", "Seraina", "Beat", "Chantal", "Marco"),
                    List.of("Keller", "Meier", "Rüegg", "Favre", "Bernasconi", "Zgraggen"),
                    List.of("Seestrasse", "Rue du Lac", "Dorfstrasse", "Via Cantonale"),
                    List.of("8002 Zürich", "3011 Bern", "1201 Genève", "6900 Lugano"),
                    "Postfach "),
            new Country(
                    "FR",
                    "EUR",
                    List.of("Camille", "Hugo", "Élodie", "Julien", "Chloé", "Benoît"),
                    List.of("Lefèvre", "Moreau", "Dubois", "Garnier", "Chevalier", "Faure"),
                    List.of("rue des Lilas", "avenue Jean Jaurès", "boulevard Voltaire", "quai de la Loire"),
                    List.of("75011 Paris", "69003 Lyon", "13006 Marseille", "44000 Nantes"),
                    "Boîte postale "),
            new Country(
                    "IT",
                    "EUR",
                    List.of("Giulia", "Lorenzo", "Chiara", "Matteo", "Francesca", "Davide"),
                    List.of("Rossi", "Conti", "Galli", "Ferrari", "Lombardi", "Moretti"),
                    List.of("Via Garibaldi", "Corso Italia", "Via dei Mulini", "Viale Europa"),
                    List.of("20121 Milano", "10123 Torino", "40121 Bologna", "50122 Firenze"),
                    "Casella postale "),
            new Country(
                    "NL",
                    "EUR",
                    List.of("Sanne", "Daan", "Fleur", "Bram", "Lotte", "Jeroen"),
                    List.of("de Vries", "Jansen", "Bakker", "Visser", "van Dijk", "Molenaar"),
                    List.of("Molenstraat", "Keizersgracht", "Dorpsweg", "Kerklaan"),
                    List.of("1016 DV Amsterdam", "3011 AD Rotterdam", "3511 LN Utrecht", "9711 PB Groningen"),
                    "PO Box "),
            new Country(
                    "SE",
                    "SEK",
                    List.of("Astrid", "Erik", "Linnéa", "Gustav", "Maja", "Oskar"),
                    List.of("Lindqvist", "Bergström", "Åkesson", "Nyström", "Holm", "Sjöberg"),
                    List.of("Kvarngatan", "Storgatan", "Björkvägen", "Strandvägen"),
                    List.of("114 56 Stockholm", "411 06 Göteborg", "211 22 Malmö", "753 20 Uppsala"),
                    "PO Box "),
            new Country(
                    "GB",
                    "GBP",
                    List.of("Olivia", "George", "Amelia", "Harry", "Niamh", "Rhys"),
                    List.of("Thompson", "Clarke", "Hughes", "Mackenzie", "O'Connor", "Patel"),
                    List.of("Mill Lane", "Victoria Road", "Church Street", "Harbour Terrace"),
                    List.of("M1 2WD Manchester", "BS1 4DJ Bristol", "EH1 1YZ Edinburgh", "LS1 5AA Leeds"),
                    "PO Box "));

    private static final List<Article> ARTICLES = List.of(
            new Article("TENT-2P-GRN", "Two-person tent, green", 18_900),
            new Article("BAG-30L-BLU", "Daypack 30 l, blue", 7_990),
            new Article("BAG-55L-BLK", "Trekking pack 55 l, black", 15_950),
            new Article("MAT-ISO-R5", "Insulated mat, R 5.0", 12_900),
            new Article("SLP-DWN-0C", "Down sleeping bag, 0 °C", 24_900),
            new Article("STV-GAS-1", "Gas stove", 3_495),
            new Article("POT-TI-09", "Titanium pot 0.9 l", 4_250),
            new Article("LMP-HD-400", "Head lamp 400 lm", 4_990),
            new Article("BTL-07-SIL", "Bottle 0.7 l, steel", 1_995),
            new Article("JKT-RAIN-M", "Rain jacket, M", 13_995),
            new Article("JKT-RAIN-L", "Rain jacket, L", 13_995),
            new Article("SOX-MER-42", "Merino socks 41–43", 1_690),
            new Article("SOX-MER-39", "Merino socks 38–40", 1_690),
            new Article("BOOT-GTX-43", "Hiking boots 43", 19_500),
            new Article("BOOT-GTX-40", "Hiking boots 40", 19_500),
            new Article("MAP-ALP-12", "Hiking map \"Alps 12\"", 1_290),
            new Article("KNF-FLD-BE", "Folding knife, beech", 2_750),
            new Article("ROP-60-95", "Rope 60 m, 9.5 mm", 16_900),
            new Article("HRN-CLB-M", "Climbing harness, M", 6_490),
            new Article("FLT-WTR-1", "Water filter", 3_890));
    private static final List<Article> BULKY = List.of(
            new Article("XL-KAYAK-DBL", "Folding kayak for two", 129_000),
            new Article("XL-TENT-6P", "Family tent for six", 64_900),
            new Article("XL-BOX-400", "Roof box 400 l", 38_900));
    private static final List<Article> SOLD_OUT = List.of(
            new Article("BAG-30L-RED-EOL", "Daypack 30 l, red (last season)", 4_990),
            new Article("STV-SPIRIT-EOL", "Spirit stove, brass (last pieces)", 5_900));
    private static final List<String> CARDS =
            List.of("pm_visa", "pm_visa", "pm_mastercard", "pm_mastercard", "pm_amex", "pm_sepa", "pm_wallet");

    private final Random random = new Random(20_261_120);
    private Instant now = OPENING;

    private OrderFileGenerator() {}

    public static void main(String[] arguments) throws IOException {
        Files.write(Path.of("orders.jsonl"), lines());
    }

    /** The lines of the file. */
    static List<String> lines() {
        var generator = new OrderFileGenerator();
        var json = JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build();
        var lines = new ArrayList<String>();
        var twists = generator.twists();
        for (int i = 0; i < ORDERS; i++) {
            try {
                lines.add(json.writeValueAsString(generator.order(i, twists.get(i))));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("Order " + i + " cannot be written as JSON.", e);
            }
        }
        return lines;
    }

    private List<Twist> twists() {
        var twists = new ArrayList<Twist>();
        twists.addAll(Collections.nCopies(14, Twist.CARD_DECLINED));
        twists.addAll(Collections.nCopies(11, Twist.CARD_EXPIRED));
        twists.addAll(Collections.nCopies(6, Twist.CARD_STOLEN));
        twists.addAll(Collections.nCopies(62, Twist.PAYMENT_BUSY_ONCE));
        twists.addAll(Collections.nCopies(21, Twist.PAYMENT_BUSY_TWICE));
        twists.addAll(Collections.nCopies(17, Twist.SOLD_OUT));
        twists.addAll(Collections.nCopies(24, Twist.POST_BOX));
        twists.addAll(Collections.nCopies(ORDERS - twists.size(), Twist.NONE));
        Collections.shuffle(twists, random);
        return twists;
    }

    private Order order(int index, Twist twist) {
        now = now.plus(Duration.ofMillis(10_000 + random.nextInt(80_000)));
        var country = country();
        return new Order(
                "A-" + (48_213 + index),
                now,
                customer(country),
                address(country, twist),
                items(twist),
                paymentMethod(twist),
                country.currency());
    }

    private Country country() {
        // Half of the orders come from the shop's own country.
        return random.nextBoolean() ? COUNTRIES.get(0) : any(COUNTRIES);
    }

    private Customer customer(Country country) {
        var first = any(country.firstNames());
        var last = any(country.lastNames());
        var mailbox = plain(first) + "." + plain(last) + random.nextInt(100) + "@example."
                + (random.nextInt(4) == 0 ? "org" : "com");
        return new Customer("C-" + (1_000 + random.nextInt(9_000)), first + " " + last, mailbox);
    }

    private static String plain(String name) {
        return Normalizer.normalize(name.replace("ß", "ss"), Normalizer.Form.NFD)
                .replaceAll("[^A-Za-z]", "")
                .toLowerCase(Locale.ROOT);
    }

    private Address address(Country country, Twist twist) {
        var town = any(country.towns());
        // The town's name is the last word; what stands before it is the postal code.
        int name = town.lastIndexOf(' ');
        int number = 1 + random.nextInt(140);
        var street = switch (country.code()) {
            case "FR", "GB" -> number + " " + any(country.streets());
            default -> any(country.streets()) + " " + number;
        };
        if (twist == Twist.POST_BOX) {
            street = country.postBox() + (1_000 + random.nextInt(9_000));
        }
        return new Address(street, town.substring(0, name), town.substring(name + 1), country.code());
    }

    private List<Item> items(Twist twist) {
        var articles = new ArrayList<>(ARTICLES);
        Collections.shuffle(articles, random);
        int kinds = 1 + random.nextInt(4);
        var items = new ArrayList<Item>();
        for (var article : articles.subList(0, kinds)) {
            items.add(item(article, random.nextInt(5) == 0 ? 2 + random.nextInt(3) : 1));
        }
        if (random.nextInt(20) == 0) {
            items.add(item(any(BULKY), 1));
        }
        if (twist == Twist.SOLD_OUT) {
            items.add(random.nextInt(items.size() + 1), item(any(SOLD_OUT), 1));
        }
        return items;
    }

    private static Item item(Article article, int quantity) {
        return new Item(article.sku(), article.name(), quantity, article.cents());
    }

    private String paymentMethod(Twist twist) {
        return switch (twist) {
            case NONE, SOLD_OUT, POST_BOX -> any(CARDS);
            case CARD_DECLINED -> "pm_visa_declined";
            case CARD_EXPIRED -> "pm_mastercard_expired";
            case CARD_STOLEN -> "pm_visa_stolen";
            case PAYMENT_BUSY_ONCE -> "pm_mastercard_busy_once";
            case PAYMENT_BUSY_TWICE -> "pm_visa_busy_twice";
        };
    }

    private <T> T any(List<T> things) {
        return things.get(random.nextInt(things.size()));
    }
}
