package io.smokescreen.api;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Two extractors, of which the second is asked where the first finds no role.
 *
 * @param first asked first; its failure is the failure of both
 * @param second asked then
 */
record FirstRole(RoleExtractor first, RoleExtractor second) implements RoleExtractor {

    @Override
    public Optional<String> role(ClientRequest request) throws Exception {
        Optional<String> role = first.role(request).filter(RoleExtractor::isRole);
        return role.isPresent() ? role : second.role(request);
    }

    @Override
    public CompletionStage<Optional<String>> roleAsync(ClientRequest request) throws Exception {
        return first.roleAsync(request).thenCompose(found -> {
            Optional<String> role = found.filter(RoleExtractor::isRole);
            return role.isPresent() ? CompletableFuture.completedFuture(role) : askSecond(request);
        });
    }

    @Override
    public List<String> challenges() {
        List<String> both = new ArrayList<>(first.challenges());
        both.addAll(second.challenges());
        return List.copyOf(both);
    }

    @Override
    public Set<String> ownHeaders() {
        Set<String> both = new HashSet<>(first.ownHeaders());
        both.addAll(second.ownHeaders());
        return Set.copyOf(both);
    }

    private CompletionStage<Optional<String>> askSecond(ClientRequest request) {
        try {
            return second.roleAsync(request);
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return CompletableFuture.failedFuture(e);
        }
    }
}
