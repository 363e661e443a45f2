package io.platypus.runtime.program;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/** What a setting's value should have been, in one sentence. */
final class BadValue {
    private BadValue() {}

    /** The sentence for the setting that could not be bound, if that is what failed. */
    static Optional<String> in(Throwable failure) {
        Optional<BindException> bind = Optional.empty();
        Throwable deepest = failure;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof BindException found) {
                bind = Optional.of(found);
            }
            deepest = t;
        }
        Throwable reason = deepest;
        return bind.map(found -> sentence(found, reason));
    }

    private static String sentence(BindException bind, Throwable reason) {
        ConfigurationProperty property = bind.getProperty();
        // Without a property it is a rule of several values, or of a record, whose message names
        // it.
        Class<?> type = bind.getTarget().getType().resolve();
        if (property != null && type != null && type.isEnum()) {
            return "setting %s cannot be '%s', but one of %s"
                    .formatted(property.getName(), property.getValue(), choices(type));
        }
        return property == null
                ? "bad setting: " + reason.getMessage()
                : "setting "
                        + property.getName()
                        + " cannot be '"
                        + property.getValue()
                        + "': "
                        + reason.getMessage();
    }

    private static String choices(Class<?> type) {
        return Stream.of(type.getEnumConstants())
                .map(choice -> String.valueOf(choice).toLowerCase(Locale.ROOT).replace('_', '-'))
                .collect(Collectors.joining(", "));
    }
}
