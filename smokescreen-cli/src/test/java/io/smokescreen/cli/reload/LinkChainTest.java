package io.smokescreen.cli.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which directory entries decide what a path leads to. */
class LinkChainTest {

    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void resolveLinksAbove() throws IOException {
        folder = temporary.toRealPath();
    }

    @Test
    void of_aPlainFile_isItsEntry() throws IOException {
        Path file = Files.writeString(folder.resolve("acl.yaml"), "x");

        assertThat(LinkChain.of(List.of(file))).isEqualTo(Map.of(folder, names("acl.yaml")));
    }

    @Test
    void of_kubernetesVolume_isEachLinkAndTheFile() throws IOException {
        Path data = Files.createDirectory(folder.resolve("..2026_11"));
        Files.writeString(data.resolve("acl.yaml"), "x");
        Files.createSymbolicLink(folder.resolve("..data"), Path.of("..2026_11"));
        Path file = Files.createSymbolicLink(folder.resolve("acl.yaml"), Path.of("..data/acl.yaml"));

        assertThat(LinkChain.of(List.of(file)))
                .isEqualTo(Map.of(folder, names("acl.yaml", "..data"), data, names("acl.yaml")));
    }

    @Test
    void of_aLinkedDirectoryOnTheWay_isTheLinkAndTheFile() throws IOException {
        Path release = Files.createDirectories(folder.resolve("releases/1"));
        Files.writeString(release.resolve("acl.yaml"), "x");
        Path opt = Files.createDirectory(folder.resolve("opt"));
        Files.createSymbolicLink(opt.resolve("current"), Path.of("../releases/./1"));

        assertThat(LinkChain.of(List.of(opt.resolve("current/acl.yaml"))))
                .isEqualTo(Map.of(opt, names("current"), release, names("acl.yaml")));
    }

    @Test
    void of_anAbsoluteLink_startsAgainAtTheRoot() throws IOException {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.writeString(elsewhere.resolve("acl.yaml"), "x");
        Path link = Files.createSymbolicLink(folder.resolve("link"), elsewhere.resolve("acl.yaml"));

        assertThat(LinkChain.of(List.of(link))).isEqualTo(Map.of(folder, names("link"), elsewhere, names("acl.yaml")));
    }

    @Test
    void of_aMissingDirectory_isWhereTheWayIsBrokenOff() {
        assertThat(LinkChain.of(List.of(folder.resolve("none/deeper/acl.yaml"))))
                .isEqualTo(Map.of(folder, names("none")));
    }

    @Test
    void of_linksInACircle_ends() throws IOException {
        Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
        Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));

        assertThat(LinkChain.of(List.of(folder.resolve("a")))).isEqualTo(Map.of(folder, names("a", "b")));
    }

    private static Set<Path> names(String... names) {
        return Set.copyOf(List.of(names).stream().map(Path::of).toList());
    }
}
