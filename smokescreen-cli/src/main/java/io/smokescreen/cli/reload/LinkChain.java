package io.smokescreen.cli.reload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The directories whose entries decide what a path leads to: that of each symbolic link on the way, and that of the file
 * in the end. For {@code /etc/acl/acl.yaml -> ..data/acl.yaml} with {@code ..data -> ..2026_11} these are {@code /etc/acl}
 * (names {@code acl.yaml} and {@code ..data}) and {@code /etc/acl/..2026_11} (name {@code acl.yaml}).
 */
final class LinkChain {

    /** As Linux; more is a loop. */
    private static final int MAX_LINKS = 40;

    private LinkChain() {}

    /** {@return by directory, the names in it that matter to these absolute paths} */
    static Map<Path, Set<Path>> of(Collection<Path> files) {
        Map<Path, Set<Path>> names = new HashMap<>();
        files.forEach(file -> follow(file, names));
        return names;
    }

    private static void follow(Path file, Map<Path, Set<Path>> names) {
        Path current = file.getRoot();
        Deque<Path> rest = new ArrayDeque<>(elements(file));
        int links = 0;
        while (!rest.isEmpty()) {
            Path name = rest.pop();
            if (name.toString().equals("..")) {
                current = current.getParent() == null ? current : current.getParent();
                continue;
            }
            Path next = current.resolve(name);
            boolean link = Files.isSymbolicLink(next);
            if (link || rest.isEmpty() || !Files.isDirectory(next)) {
                names.computeIfAbsent(current, unused -> new HashSet<>()).add(name);
            }
            if (!link) {
                if (!Files.isDirectory(next)) {
                    return; // the file, or the place where the way is broken off
                }
                current = next;
                continue;
            }
            Path target = target(next);
            if (++links > MAX_LINKS || target == null) {
                return;
            }
            current = target.isAbsolute() ? target.getRoot() : current;
            List<Path> more = elements(target);
            for (int i = more.size() - 1; i >= 0; i--) {
                rest.push(more.get(i));
            }
        }
    }

    private static List<Path> elements(Path path) {
        List<Path> elements = new ArrayList<>();
        for (Path each : path) {
            if (!each.toString().equals(".")) {
                elements.add(each);
            }
        }
        return elements;
    }

    private static @Nullable Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException e) { // gone meanwhile
            return null;
        }
    }
}
