package io.platypus.setlive.restart;

import io.platypus.intent.Printable;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An operator's wish that every instance of a cluster be restarted once.
 *
 * @param id of the request: an instance is restarted once for each
 * @param by who asks for it, for people
 * @param why for people
 */
public record RestartRequest(String id, String by, String why) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");

    /**
     * @throws IllegalArgumentException if the id is not a plain name
     */
    public RestartRequest {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "id '"
                            + Printable.of(id)
                            + "' must be 1 to 128 of A-Z a-z 0-9 . _ : - and begin with a letter or"
                            + " digit");
        }
    }

    /**
     * Reads the document.
     *
     * @throws IllegalArgumentException if it is none
     */
    static RestartRequest parse(String text) {
        try {
            JsonNode document = JSON.readTree(text);
            return new RestartRequest(
                    document.path("id").asString(""),
                    document.path("by").asString(""),
                    document.path("why").asString(""));
        } catch (JacksonException e) {
            throw new IllegalArgumentException("not JSON", e);
        }
    }
}
