package dev.heartbeat.sealed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heartbeat.sealed.SealException.Fault;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Only what was sealed opens, for the sender and channel it was sealed for. */
class SealerTest {
    private static final byte[] ONE = key(0, 1);
    private static final byte[] TWO = key(255, -1);
    private static final ByteBuffer MESSAGE = bytes("the valve is open");

    private final Sealer sealer =
            Sealer.of(KeyRing.builder().key("2026a", ONE).key("k", TWO).build());

    private static byte[] key(int first, int step) {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (first + i * step);
        }
        return key;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)).asReadOnlyBuffer();
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static void refused(ThrowingCallable open, Fault fault, String... words) {
        assertThatThrownBy(open)
                .isInstanceOfSatisfying(
                        SealException.class, e -> assertThat(e.fault()).isEqualTo(fault))
                .hasMessageContainingAll(words);
    }

    /** Made by AESGCM of Python's cryptography, with the same key, nonce and associated data. */
    @Test
    void sealsAsAnotherImplementationDoes() throws Exception {
        byte[] counting = new byte[12];
        for (int i = 0; i < counting.length; i++) {
            counting[i] = (byte) i;
        }
        vector(
                sealer,
                "node-7",
                "telemetry",
                MESSAGE,
                counting,
                "01053230323661000102030405060708090a0b336ab33bb384ae6de861fef891860808ed3f01cf6713317c5eff4f326e881957aa");
        byte[] ones = new byte[12];
        Arrays.fill(ones, (byte) 0xFF);
        vector(
                Sealer.of(KeyRing.builder().key("k", TWO).build()),
                "",
                "",
                bytes(""),
                ones,
                "01016bfffffffffffffffffffffffff38451988d98e7119c2db186b80a63df");
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        vector(
                sealer,
                "server",
                "\u6e29\u5ea6",
                ByteBuffer.wrap(all),
                new byte[12],
                "010532303236610000000000000000000000000ebdb7ddb12985ba00a1a33e14219f96c25244403c9476389887a998d9e243496e7ec"
                        + "49f0ed79e211bea5bdeede34761993673d54d447092688f051d765d70dba92e7c49d59416a59bc0998c5a6906d60d4464ca74fd13166c"
                        + "ff4e18a2028fefb7302c64483a8ace71100c5fef49d4325ccc20189c0967eba86b5d81185945fdfe3f140f6fac89fe94ef5270cc2a08b"
                        + "5b1c9dfec4a3f55711f93e3c9f2fbf07d9fc36686bd597d282d291b7c90a74479805ce072597d6c62dd25b3fb18a9bcc3a27423804eda"
                        + "5bf2eb65cc73e78f9264c0f99a4fd91aab038cb8304ffa822f24cbd59e6b012c2e18e393f8f084963e828899f5333f795ec38ac7f1e99"
                        + "69fdc3ed645625eb127d42a0b0ed0d49e758f5c");
    }

    private static void vector(Sealer with, String sender, String channel, ByteBuffer message, byte[] nonce, String hex)
            throws SealException {
        assertThat(with.seal(sender, channel, message, nonce)).isEqualTo(ByteBuffer.wrap(hex(hex)));
        assertThat(with.open(sender, channel, ByteBuffer.wrap(hex(hex)))).isEqualTo(message);
    }

    @Test
    void anotherSenderOrChannelDoesNotOpen() {
        ByteBuffer sealed = sealer.seal("node-7", "telemetry", MESSAGE);

        refused(() -> sealer.open("node-8", "telemetry", sealed), Fault.NOT_GENUINE, "key 2026a", "sender", "channel");
        refused(() -> sealer.open("node-7", "commands", sealed), Fault.NOT_GENUINE, "altered");
        // Where one name ends and the other begins is sealed, too.
        refused(() -> sealer.open("node-7t", "elemetry", sealed), Fault.NOT_GENUINE, "altered");
    }

    @Test
    void anotherKeyDoesNotOpen() {
        ByteBuffer sealed = sealer.seal("node-7", "telemetry", MESSAGE);

        refused(
                () -> Sealer.of(KeyRing.builder().key("k", ONE).build()).open("node-7", "telemetry", sealed),
                Fault.UNKNOWN_KEY,
                "2026a",
                "keys k");
        refused(
                () -> Sealer.of(KeyRing.builder().key("2026a", TWO).build()).open("node-7", "telemetry", sealed),
                Fault.NOT_GENUINE,
                "key 2026a");
    }

    /** The id of the key is sealed, too: with the same key under another id it does not open. */
    @Test
    void theIdOfTheKeyIsSealed() {
        Sealer both = Sealer.of(KeyRing.builder().key("a", ONE).key("b", ONE).build());
        ByteBuffer sealed = both.seal("node-7", "telemetry", MESSAGE);
        sealed.put(2, (byte) 'b');

        refused(() -> both.open("node-7", "telemetry", sealed), Fault.NOT_GENUINE, "key b");
    }

    @Test
    void whatIsNoSealedMessageIsMalformed() {
        refused(() -> sealer.open("a", "b", bytes("")), Fault.MALFORMED, "0 bytes");
        refused(() -> sealer.open("a", "b", ByteBuffer.wrap(new byte[] {2, 1, 0})), Fault.MALFORMED, "version is 2");
        refused(() -> sealer.open("a", "b", ByteBuffer.wrap(new byte[] {1, 0, 0})), Fault.MALFORMED, "0 bytes");
        refused(() -> sealer.open("a", "b", ByteBuffer.wrap(new byte[] {1, 65, 0})), Fault.MALFORMED, "65 bytes");
        ByteBuffer sealed = sealer.seal("a", "b", bytes(""));
        refused(() -> sealer.open("a", "b", sealed.slice(0, sealed.limit() - 1)), Fault.MALFORMED, "cut off");
        ByteBuffer odd =
                ByteBuffer.wrap(new byte[31]).put(0, (byte) 1).put(1, (byte) 1).put(2, (byte) 0x1b);
        refused(() -> sealer.open("a", "b", odd), Fault.UNKNOWN_KEY, "ring: ?,");
    }

    /** Random messages and names; then each with a flipped bit. */
    @Test
    void everythingOpensAndNothingThatWasAltered() throws Exception {
        Random random = new Random(20261130);
        for (int round = 0; round < 300; round++) {
            byte[] message = new byte[random.nextInt(500)];
            random.nextBytes(message);
            String sender = text(random);
            String channel = text(random);

            ByteBuffer sealed =
                    sealer.seal(sender, channel, ByteBuffer.wrap(message).asReadOnlyBuffer());

            assertThat(sealed.remaining()).isEqualTo(message.length + 30 + "2026a".length());
            assertThat(sealer.open(sender, channel, sealed.asReadOnlyBuffer())).isEqualTo(ByteBuffer.wrap(message));
            int bit = random.nextInt(8 * sealed.remaining());
            sealed.put(bit / 8, (byte) (sealed.get(bit / 8) ^ 1 << bit % 8));
            assertThatThrownBy(() -> sealer.open(sender, channel, sealed)).isInstanceOf(SealException.class);
        }
    }

    private static String text(Random random) {
        return random.ints(random.nextInt(20), 0, 0xD800)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Test
    void noTwoMessagesHaveANonceInCommon() {
        Set<ByteBuffer> nonces = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            nonces.add(sealer.seal("a", "b", bytes("")).slice(7, 12));
        }
        assertThat(nonces).hasSize(2000);
    }

    @Test
    void buffersStayAsTheyAre() throws Exception {
        ByteBuffer message = ByteBuffer.allocateDirect(10).position(3).limit(7);

        ByteBuffer sealed = sealer.seal("a", "b", message);
        ByteBuffer opened = sealer.open("a", "b", sealed);

        assertThat(message.position()).isEqualTo(3);
        assertThat(sealed.position()).isZero();
        assertThat(opened.remaining()).isEqualTo(4);
    }

    @Test
    void aKeyRefusesToSealMoreThanItMay() throws Exception {
        KeyRing ring = KeyRing.builder().key("old", ONE).messagesPerKey(2).build();
        Sealer limited = Sealer.of(ring);
        ByteBuffer sealed = limited.seal("a", "b", MESSAGE);
        assertThat(limited.remainingMessages()).isOne();
        // What is refused for itself is not counted.
        assertThatIllegalArgumentException().isThrownBy(() -> limited.seal("x".repeat(65_536), "b", MESSAGE));
        limited.seal("a", "b", MESSAGE);

        for (int i = 0; i < 2; i++) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> limited.seal("a", "b", MESSAGE))
                    .withMessageContaining("key old has sealed as many messages as it may");
        }
        // It still opens; the count survives a ring with the same key, and another key seals on.
        assertThat(limited.open("a", "b", sealed)).isEqualTo(MESSAGE);
        limited.use(KeyRing.builder().key("old", ONE).build());
        assertThatIllegalStateException().isThrownBy(() -> limited.seal("a", "b", MESSAGE));
        limited.use(KeyRing.builder()
                .key("old", ONE)
                .key("new", TWO)
                .sealWith("new")
                .build());
        assertThat(limited.remainingMessages()).isEqualTo(KeyRing.MAX_MESSAGES);
        assertThat(limited.open("a", "b", limited.seal("a", "b", MESSAGE))).isEqualTo(MESSAGE);
        assertThat(limited.open("a", "b", sealed)).isEqualTo(MESSAGE);
    }

    @Test
    void rotatedKeysOpenUntilTheyAreTakenOut() throws Exception {
        ByteBuffer old = sealer.seal("a", "b", MESSAGE);
        sealer.use(KeyRing.builder()
                .key("2026a", ONE)
                .key("2026b", TWO)
                .sealWith("2026b")
                .build());
        assertThat(sealer.open("a", "b", old)).isEqualTo(MESSAGE);
        assertThat(sealer.seal("a", "b", MESSAGE).get(6)).isEqualTo((byte) 'b');

        sealer.use(KeyRing.builder().key("2026b", TWO).build());
        refused(() -> sealer.open("a", "b", old), Fault.UNKNOWN_KEY, "2026a", "keys 2026b");
    }

    @Test
    void badKeysAreRefusedWithoutShowingThem() {
        KeyRing.Builder ring = KeyRing.builder().key("a", ONE);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.key("secret!", ONE))
                .withMessageContaining("id has 7 characters")
                .withMessageNotContaining("secret");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.key("b", new byte[16]))
                .withMessage("key b has 16 bytes, allowed is 32");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.key("a", TWO))
                .withMessageContaining("key a is there already");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.messagesPerKey(KeyRing.MAX_MESSAGES + 1))
                .withMessage("messagesPerKey is 4294967297, allowed is 1 to 4294967296");
        assertThatIllegalArgumentException().isThrownBy(() -> ring.messagesPerKey(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.sealWith("c").build())
                .withMessageContaining("allowed is one of a");
        assertThatIllegalArgumentException().isThrownBy(() -> KeyRing.builder().build());
        for (int i = 1; i < KeyRing.MAX_KEYS; i++) {
            ring.key("k" + i, TWO);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ring.key("one-more", ONE))
                .withMessageContaining("64");
    }

    @Test
    void nothingShowsAKey() {
        byte[] readable = "opensesame-opensesame-opensesame".getBytes(StandardCharsets.US_ASCII);
        KeyRing.Builder builder = KeyRing.builder().key("a", readable);
        KeyRing ring = builder.build();
        String shown = builder + " " + ring + " " + Sealer.of(ring) + " " + ring.current() + " " + ring.ids();

        assertThat(shown).contains("keys a; sealing with a").doesNotContain("opensesame", "6f70656e", "111, 112");
    }

    /** The ring has a copy, so that the caller may clear the bytes. */
    @Test
    void keysAreCopied() throws Exception {
        byte[] given = ONE.clone();
        Sealer copied = Sealer.of(KeyRing.builder().key("2026a", given).build());
        Arrays.fill(given, (byte) 0);

        assertThat(sealer.open("a", "b", copied.seal("a", "b", MESSAGE))).isEqualTo(MESSAGE);
    }
}
