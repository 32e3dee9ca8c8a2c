package io.smokescreen.internal.relay;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Writes responses to a client, without a body where the request was HEAD (RFC 9110 §9.3.2). */
public final class ResponseEncoder extends HttpResponseEncoder {

    private boolean answersHead;

    /** Tells which method the next response answers. */
    public void answering(HttpMethod method) {
        answersHead = HttpMethod.HEAD.equals(method);
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
        return answersHead || super.isContentAlwaysEmpty(response);
    }
}
