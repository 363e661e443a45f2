/** Something that the demo waits for did not happen. */
final class NotSeen extends Exception {
    private static final long serialVersionUID = 1;

    NotSeen(String message) {
        super(message);
    }
}
