package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.tenancy.Principal;

/** Who decided something, in words that stand with what was decided. */
final class ByWhomText {
    private ByWhomText() {}

    /**
     * Tokens belong to services; whoever is behind one may be named, and is answerable to that service.
     *
     * @param name null or blank for nobody in particular
     */
    static String of(Principal who, String name) {
        var token = "token " + who.tokenId() + " of service " + who.serviceName();
        return name == null || name.isBlank() ? token : name + " (" + token + ")";
    }
}
