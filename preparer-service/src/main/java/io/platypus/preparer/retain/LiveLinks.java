package io.platypus.preparer.retain;

import io.platypus.intent.AppIntent;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.plan.Present.Link;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Where {@code current} and {@code last} of a basedir lead to, resolved as the kernel does it. */
sealed interface LiveLinks {
    /**
     * Each is absent, or leads to an install of the app, or into one.
     *
     * @param names of the directories directly below {@code installs}
     */
    record Known(Map<Link, String> names) implements LiveLinks {
        public Known {
            names = Map.copyOf(names);
        }

        Set<Link> to(String name) {
            Set<Link> links = EnumSet.noneOf(Link.class);
            names.forEach((link, target) -> {
                if (target.equals(name)) {
                    links.add(link);
                }
            });
            return links;
        }
    }

    /** One of them leads nowhere, or elsewhere, or is no link: what is live cannot be told. */
    record Unclear(String why) implements LiveLinks {}

    /** Looks at both links of the app. */
    static LiveLinks of(AppIntent intent) {
        Path basedir = intent.deploy().basedir();
        Map<Link, String> names = new EnumMap<>(Link.class);
        for (Link link : Link.values()) {
            Path place = basedir.resolve(link == Link.CURRENT ? "current" : "last");
            try {
                if (!exists(place)) {
                    continue;
                }
                if (!Files.isSymbolicLink(place)) {
                    return new Unclear(place + " is no symbolic link: move it away");
                }
                Path installs = basedir.resolve("installs").toRealPath();
                Path real = place.toRealPath();
                if (!real.startsWith(installs) || real.equals(installs)) {
                    return foreign(place, real);
                }
                String name = real.getName(installs.getNameCount()).toString();
                if (Staging.version(intent.app(), name).isEmpty()) {
                    return foreign(place, real);
                }
                names.put(link, name);
            } catch (NoSuchFileException e) {
                return new Unclear(place + " leads nowhere: remove the link, or mend it");
            } catch (IOException e) {
                return new Unclear(place + " cannot be followed: " + e);
            }
        }
        return new Known(names);
    }

    private static Unclear foreign(Path link, Path target) {
        return new Unclear(link + " leads to " + target + ", not to an install of the app");
    }

    private static boolean exists(Path place) throws IOException {
        try {
            var _ =
                    Files.readAttributes(
                            place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
