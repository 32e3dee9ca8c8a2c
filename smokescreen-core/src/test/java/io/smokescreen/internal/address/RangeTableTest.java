package io.smokescreen.internal.address;

import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddress;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv6.IPv6Address;
import io.smokescreen.api.AddressFilter;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The compiled lookup against the ipaddress library, block by block. */
class RangeTableTest {

    @Property(tries = 100)
    void v4_agreesWithTheLibrary(@ForAll("v4Blocks") List<Cidr> blocks, @ForAll("v4Probe") int probe) {
        RangeTable<Integer> table = table(blocks);
        for (Cidr block : blocks) {
            int first = (int) block.low();
            int last = (int) block.lastLow();
            for (int address : new int[] {first, first - 1, last, last + 1, probe}) {
                assertThat(table.get(address)).isEqualTo(longest(blocks, new IPv4Address(address)));
            }
        }
    }

    @Property(tries = 100)
    void v6_agreesWithTheLibrary(@ForAll("v6Blocks") List<Cidr> blocks, @ForAll long probeHigh, @ForAll long probeLow) {
        RangeTable<Integer> table = table(blocks);
        for (Cidr block : blocks) {
            assertV6(table, blocks, block.high(), block.low());
            assertV6(table, blocks, block.low() == 0 ? block.high() - 1 : block.high(), block.low() - 1);
            assertV6(table, blocks, block.lastHigh(), block.lastLow());
            assertV6(
                    table,
                    blocks,
                    block.lastLow() == -1 ? block.lastHigh() + 1 : block.lastHigh(),
                    block.lastLow() + 1);
            assertV6(table, blocks, probeHigh, probeLow);
        }
    }

    @Property(tries = 100)
    void mapped_isJudgedAsIpv4(@ForAll int address, @ForAll("v4Blocks") List<Cidr> blocks) throws Exception {
        RuleSetBuilder strict = RuleSetBuilder.strict();
        RuleSetBuilder smokescreen = RuleSetBuilder.smokescreen();
        for (int i = 0; i < blocks.size(); i++) {
            String range = Ip.ofV4((int) blocks.get(i).low()).getHostAddress() + "/"
                    + blocks.get(i).length();
            strict.range(i % 2 == 0, range);
            smokescreen.range(i % 2 == 0, range);
        }
        for (AddressFilter filter : List.of(strict.build(false), smokescreen.build(false))) {
            assertThat(filter.check(mapped(address), 443)).isEqualTo(filter.check(Ip.ofV4(address), 443));
        }
    }

    @Provide
    Arbitrary<List<Cidr>> v4Blocks() {
        return Combinators.combine(v4Probe(), Arbitraries.integers().between(0, 32))
                .as(Cidr::v4)
                .list()
                .ofMinSize(1)
                .ofMaxSize(30);
    }

    /** Numbers that lie close together, so that blocks nest. */
    @Provide
    Arbitrary<Integer> v4Probe() {
        return Arbitraries.oneOf(
                Arbitraries.integers(),
                Arbitraries.integers().between(0x0a00_0000, 0x0a00_0040),
                Arbitraries.of(0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE));
    }

    @Provide
    Arbitrary<List<Cidr>> v6Blocks() {
        Arbitrary<Long> half = Arbitraries.oneOf(
                Arbitraries.longs(), Arbitraries.longs().between(0, 3), Arbitraries.of(-1L, Long.MIN_VALUE));
        return Combinators.combine(half, half, Arbitraries.integers().between(0, 128))
                .as(Cidr::v6)
                .list()
                .ofMinSize(1)
                .ofMaxSize(30);
    }

    private static void assertV6(RangeTable<Integer> table, List<Cidr> blocks, long high, long low) {
        byte[] bytes = ByteBuffer.allocate(16).putLong(high).putLong(low).array();
        assertThat(table.get(high, low)).isEqualTo(longest(blocks, new IPv6Address(bytes)));
    }

    private static RangeTable<Integer> table(List<Cidr> blocks) {
        Map<Cidr, Integer> lengths = new HashMap<>();
        blocks.forEach(block -> lengths.put(block, block.length()));
        return RangeTable.compile(lengths, -1, (around, own) -> own);
    }

    private static int longest(List<Cidr> blocks, IPAddress address) {
        return blocks.stream()
                .filter(block -> library(block).contains(address))
                .map(Cidr::length)
                .max(Comparator.naturalOrder())
                .orElse(-1);
    }

    private static IPAddress library(Cidr block) {
        IPAddress first = block.ipv6()
                ? new IPv6Address(ByteBuffer.allocate(16)
                        .putLong(block.high())
                        .putLong(block.low())
                        .array())
                : new IPv4Address((int) block.low());
        return first.toPrefixBlock(block.length());
    }

    /** The JDK makes IPv4 of mapped bytes everywhere but here. */
    private static InetAddress mapped(int address) throws UnknownHostException {
        byte[] bytes = ByteBuffer.allocate(16)
                .putLong(0)
                .putInt(0xffff)
                .putInt(address)
                .array();
        return Inet6Address.getByAddress("mapped", bytes, -1);
    }
}
