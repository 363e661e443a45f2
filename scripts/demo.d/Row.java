/** How an app stands with an agent, as {@code /actuator/convergence} tells it. */
record Row(
        String app,
        String agent,
        String version,
        String state,
        String reason,
        String message,
        String since) {}
