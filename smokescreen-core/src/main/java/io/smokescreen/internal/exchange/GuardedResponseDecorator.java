package io.smokescreen.internal.exchange;

import io.netty.handler.codec.http.HttpHeaders;
import io.smokescreen.api.RequestContext;
import io.smokescreen.api.ResponseDecorator;
import io.smokescreen.internal.policy.FailureLog;
import io.smokescreen.internal.request.AddedFields;
import java.util.Map;
import java.util.Optional;

/**
 * The only way the engine asks a {@link ResponseDecorator}: whatever it does, what comes out can be sent, or nothing does.
 *
 * <p>Thread safety: as the decorator's.
 */
public final class GuardedResponseDecorator {

    private final ResponseDecorator decorator;
    private final FailureLog failures;

    private GuardedResponseDecorator(ResponseDecorator decorator, String consequence) {
        this.decorator = decorator;
        this.failures = new FailureLog("ResponseDecorator failed, " + consequence);
    }

    /** {@return a guard around one for accepted requests} */
    public static GuardedResponseDecorator ofAccepted(ResponseDecorator decorator) {
        return new GuardedResponseDecorator(decorator, "the request is answered 500");
    }

    /** {@return a guard around one for refusals} */
    public static GuardedResponseDecorator ofRejected(ResponseDecorator decorator) {
        return new GuardedResponseDecorator(decorator, "the refusal goes out without its header fields");
    }

    /** {@return the fields to set in the response; empty where the decorator failed; never throws} */
    Optional<HttpHeaders> fields(RequestContext request, ResponseDecorator.Response response) {
        try {
            Map<String, String> fields = decorator.headers(request, response);
            return failures.isNull(fields) ? Optional.empty() : Optional.of(AddedFields.of(fields));
        } catch (Throwable e) {
            // Errors too: half a response is worse than none.
            failures.threw(e);
            return Optional.empty();
        }
    }
}
