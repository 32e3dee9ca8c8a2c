package io.smokescreen.internal.yaml;

import io.smokescreen.api.ConfigurationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * A value in a YAML file, with the place it stands at. It is read as the type its reader wants and never as the one YAML
 * would guess: {@code on}, {@code 123} and {@code 1.0} are text where text is wanted. Every error tells file, line, column and
 * key.
 */
public final class YamlValue {

    /** What yaml.v2, and with it Go's Smokescreen, takes for a boolean (YAML 1.1). */
    private static final Set<String> TRUE =
            Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");

    private static final Set<String> FALSE =
            Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");

    private final String source;
    private final @Nullable YamlValue parent;
    private final String step;
    private final Node node;

    private YamlValue(String source, @Nullable YamlValue parent, String step, Node node) {
        this.source = source;
        this.parent = parent;
        this.step = step;
        this.node = node;
    }

    static YamlValue root(String source, Node node) {
        return new YamlValue(source, null, "", node);
    }

    /** Returns the text of a scalar, however YAML would type it. */
    public String text() {
        if (isNull() || !(node instanceof ScalarNode scalar)) {
            throw error("expected a text, found " + kind());
        }
        if (!node.isResolved() && !node.getTag().equals(Tag.STR)) {
            throw error("expected a text, found the tag "
                    + Shown.quoted(node.getTag().getValue()));
        }
        return scalar.getValue();
    }

    /** Returns a boolean, as yaml.v2 reads one. */
    public boolean bool() {
        if (node instanceof ScalarNode scalar && scalar.isPlain()) {
            if (TRUE.contains(scalar.getValue())) {
                return true;
            }
            if (FALSE.contains(scalar.getValue())) {
                return false;
            }
        }
        throw error("expected true or false, found " + kind());
    }

    /** Returns the values of a list. */
    public List<YamlValue> list() {
        if (!(node instanceof SequenceNode sequence) || !node.getTag().equals(Tag.SEQ)) {
            throw error("expected a list, found " + kind());
        }
        List<YamlValue> values = new ArrayList<>(sequence.getValue().size());
        for (Node value : sequence.getValue()) {
            values.add(new YamlValue(source, this, "[" + values.size() + "]", value));
        }
        return values;
    }

    /** Returns the entries of a map, in the file's order, whatever their keys are; each key stands once. */
    public Map<String, YamlValue> entries() {
        if (!(node instanceof MappingNode mapping) || !node.getTag().equals(Tag.MAP)) {
            throw error("expected keys and values, found " + kind());
        }
        Map<String, YamlValue> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            YamlValue keyPlace = new YamlValue(source, this, "", tuple.getKeyNode());
            String key = keyPlace.text();
            YamlValue value = new YamlValue(source, this, key, tuple.getValueNode());
            if (entries.putIfAbsent(key, value) != null) {
                throw keyPlace.error("the key " + Shown.quoted(key) + " stands twice");
            }
        }
        return entries;
    }

    /** Returns the entries of a map that knows these keys only. */
    public Map<String, YamlValue> entries(List<String> known) {
        Map<String, YamlValue> entries = entries();
        for (NodeTuple tuple : ((MappingNode) node).getValue()) {
            YamlValue keyPlace = new YamlValue(source, this, "", tuple.getKeyNode());
            String key = keyPlace.text();
            if (!known.contains(key)) {
                throw keyPlace.error("unknown key " + Shown.quoted(key) + " (expected one of "
                        + String.join(", ", known) + Spelling.suggestion(key, known) + ")");
            }
        }
        return entries;
    }

    /** Returns an error that begins with the place of this value. */
    public ConfigurationException error(String problem) {
        return new ConfigurationException(placeAndPath() + ": " + problem);
    }

    /** Returns {@code file:line:column: key}. */
    public String placeAndPath() {
        String path = path();
        return path.isEmpty() ? place() : place() + ": " + path;
    }

    /** Returns {@code file:line:column}. */
    public String place() {
        return source + ":" + node.getStartMark().map(YamlDocument::position).orElse("1:1");
    }

    /** Returns {@code line 12}, for an error elsewhere that speaks of this value. */
    public String line() {
        return "line " + node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
    }

    /** Returns the keys that lead here, for example {@code services[2].allowed_domains[0]}. */
    private String path() {
        String before = parent == null ? "" : parent.path();
        if (step.isEmpty() || step.startsWith("[")) {
            return before + step;
        }
        return before.isEmpty() ? Shown.plain(step) : before + "." + Shown.plain(step);
    }

    private boolean isNull() {
        return node.getTag().equals(Tag.NULL);
    }

    private String kind() {
        if (isNull()) {
            return "nothing";
        }
        if (node instanceof ScalarNode scalar) {
            return "the text " + Shown.quoted(scalar.getValue());
        }
        return node instanceof SequenceNode ? "a list" : "keys and values";
    }
}
