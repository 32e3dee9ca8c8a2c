package io.smokescreen.internal.yaml;

import io.smokescreen.api.ConfigurationException;
import java.util.Locale;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Makes one YAML document of a text, under limits: one document, bounded size, depth and aliases. Nothing is constructed from
 * the document's tags; what a value means, the reader of the value decides ({@link YamlValue}).
 */
public final class YamlDocument {

    /** How deep lists and maps may nest. No file of ours needs more than a handful; the library's recursion needs some bound. */
    static final int MAX_DEPTH = 50;

    /** How many aliases may stand for lists and maps (against "billion laughs"). */
    static final int MAX_ALIASES = 50;

    private YamlDocument() {}

    /**
     * Returns the document's root.
     *
     * @param source what to call the text in errors, for example the file's name
     * @param text the text
     * @param expected what it should be, for errors, for example {@code an ACL in YAML}
     * @throws ConfigurationException if it is not one YAML document within the limits
     */
    public static YamlValue parse(String source, String text, String expected) {
        if (text.length() > YamlText.MAX_BYTES) {
            throw YamlText.tooLarge(source);
        }
        try {
            LoadSettings settings = settings(source, text.length());
            Parser parser = new DepthLimit(source, new ParserImpl(settings, new StreamReader(settings, text)));
            Node root = new Composer(settings, parser)
                    .getSingleNode()
                    .orElseThrow(
                            () -> new ConfigurationException(source + ":1:1: is empty (expected " + expected + ")"));
            return YamlValue.root(source, root);
        } catch (MarkedYamlEngineException e) {
            String position = e.getProblemMark().map(YamlDocument::position).orElse("1:1");
            throw new ConfigurationException(source + ":" + position + ": " + problem(e), e);
        } catch (ReaderException e) {
            throw new ConfigurationException(
                    String.format(
                            Locale.ROOT,
                            "%s:%s: a character that YAML does not allow, U+%04X",
                            source,
                            position(text, e.getPosition()),
                            e.getCodePoint()),
                    e);
        } catch (YamlEngineException e) {
            throw new ConfigurationException(source + ":1:1: " + Shown.plain(String.valueOf(e.getMessage())), e);
        }
    }

    /** Returns {@code line:column}, both counted from 1 as editors do. */
    static String position(Mark mark) {
        return (mark.getLine() + 1) + ":" + (mark.getColumn() + 1);
    }

    private static LoadSettings settings(String source, int length) {
        return LoadSettings.builder()
                .setLabel(source)
                .setAllowDuplicateKeys(false)
                .setAllowRecursiveKeys(false)
                // The reader refuses them, and unlike the library tells where they are.
                .setAllowNonScalarKeys(true)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setCodePointLimit(YamlText.MAX_BYTES)
                .setSchema(new CoreSchema())
                .setUseMarks(true)
                // All at once: the library's window grows by 1,024 characters with a copy each, which takes minutes on
                // a
                // file of one long line.
                .setBufferSize(Math.max(length, 1) + 1)
                .build();
    }

    private static String problem(MarkedYamlEngineException e) {
        String context = e.getContext() == null ? "" : e.getContext() + ": ";
        return "not valid YAML: " + Shown.plain(context + e.getProblem());
    }

    private static String position(String text, int codePoints) {
        String before = text.substring(0, text.offsetByCodePoints(0, codePoints));
        long line = 1 + before.chars().filter(c -> c == '\n').count();
        String lastLine = before.substring(before.lastIndexOf('\n') + 1);
        return line + ":" + (1 + lastLine.codePointCount(0, lastLine.length()));
    }

    /** Counts the depth on the way from the parser, which does not recurse, to the composer, which does. */
    private static final class DepthLimit implements Parser {

        private final String source;
        private final Parser parser;
        private int depth;

        DepthLimit(String source, Parser parser) {
            this.source = source;
            this.parser = parser;
        }

        @Override
        public boolean checkEvent(Event.ID choice) {
            return parser.checkEvent(choice);
        }

        @Override
        public Event peekEvent() {
            return parser.peekEvent();
        }

        @Override
        public boolean hasNext() {
            return parser.hasNext();
        }

        @Override
        public Event next() {
            Event event = parser.next();
            switch (event.getEventId()) {
                case SequenceStart, MappingStart -> {
                    if (++depth > MAX_DEPTH) {
                        String position =
                                event.getStartMark().map(YamlDocument::position).orElse("1:1");
                        throw new ConfigurationException(
                                source + ":" + position + ": nested deeper than " + MAX_DEPTH + " levels");
                    }
                }
                case SequenceEnd, MappingEnd -> depth--;
                default -> {}
            }
            return event;
        }
    }
}
