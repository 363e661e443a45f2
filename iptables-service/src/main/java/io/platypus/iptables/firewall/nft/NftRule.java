package io.platypus.iptables.firewall.nft;

/**
 * One rule of our chain, in the two languages of nft: the one that it reads and the one that it is
 * listed in.
 *
 * @param match what it does or looks at before its verdict, as nft reads it
 * @param matchJson the same as in {@code nft -j list}, one expression or several with commas
 * @param verdict {@code accept} or {@code drop}
 * @param comment what it is for
 */
record NftRule(String match, String matchJson, String verdict, String comment) {
    static final String ACCEPT = "accept";
    static final String DROP = "drop";

    /** Takes packets whose field is this value, or in the set of this name after an @. */
    static NftRule accepting(String protocol, String field, String value, String comment) {
        return new NftRule(
                protocol + " " + field + " " + value,
                equal(protocol, field, "\"" + value + "\""),
                ACCEPT,
                comment);
    }

    String text() {
        return "\t\t" + match + " " + verdict + " comment \"" + comment + "\"\n";
    }

    String exprJson() {
        return "[" + matchJson + ", {\"" + verdict + "\": null}]";
    }

    static String equal(String protocol, String field, String json) {
        return "{\"match\": {\"op\": \"==\", \"left\": {\"payload\": {\"protocol\": \""
                + protocol
                + "\", \"field\": \""
                + field
                + "\"}}, \"right\": "
                + json
                + "}}";
    }

    static String meta(String key, String json) {
        return "{\"match\": {\"op\": \"==\", \"left\": {\"meta\": {\"key\": \""
                + key
                + "\"}}, \"right\": "
                + json
                + "}}";
    }
}
