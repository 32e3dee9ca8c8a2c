package io.smokescreen.internal.request;

/**
 * How large the head of a message may be.
 *
 * @param startLineBytes the longest request line or status line, without its CRLF
 * @param fieldBytes the header section with all its CRLFs; the trailer section has the same limits as the header section
 * @param fields the number of field lines
 */
public record HeadLimits(int startLineBytes, int fieldBytes, int fields) {

    /** 8 KiB, 64 KiB, 200. */
    public static final HeadLimits DEFAULT = new HeadLimits(8 * 1024, 64 * 1024, 200);

    /** Checks that each limit leaves room for something. */
    public HeadLimits {
        if (startLineBytes < 1 || fieldBytes < 1 || fields < 1) {
            throw new IllegalArgumentException(
                    "head limits " + startLineBytes + ", " + fieldBytes + ", " + fields + " (expected 1 or more each)");
        }
    }
}
