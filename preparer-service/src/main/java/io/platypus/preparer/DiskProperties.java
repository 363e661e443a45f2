package io.platypus.preparer;

import io.platypus.preparer.install.DiskSpace;
import io.platypus.preparer.install.HeadRoom;
import io.platypus.preparer.install.Staging;
import io.platypus.preparer.plan.Retention;
import java.time.Duration;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * The preparer's settings for what it leaves free of a disk, and what it keeps there.
 *
 * @param headRoom what stays free of a file system: percent of its bytes and inodes, or a size
 * @param keep how many installs of an app stay; those that are needed count, and stay if they are
 *     more
 * @param keepFor the age at which an install that is not needed goes, however few there are
 * @param hardLinks whether an install shares files with the one before that are the same
 */
@ConfigurationProperties("platypus.preparer")
public record DiskProperties(
        @DefaultValue("10%") String headRoom,
        @DefaultValue("3") int keep,
        Optional<Duration> keepFor,
        @DefaultValue("false") boolean hardLinks) {
    /**
     * @throws IllegalArgumentException if the head-room is neither a percentage below 100 nor a
     *     size, the count is below 1, or the age is not positive
     */
    public DiskProperties {
        var _ = parsed(headRoom);
        var _ = new Retention(keep, keepFor);
    }

    /** Where installs are made. */
    Staging staging() {
        return new Staging(new DiskSpace(freeSpace()), hardLinks);
    }

    /** What stays free of a file system. */
    HeadRoom freeSpace() {
        return parsed(headRoom);
    }

    /** Which installs stay. */
    Retention retention() {
        return new Retention(keep, keepFor);
    }

    private static HeadRoom parsed(String headRoom) {
        String text = headRoom.strip();
        return text.endsWith("%")
                ? new HeadRoom(Double.parseDouble(text.substring(0, text.length() - 1)) / 100, 0)
                : new HeadRoom(0, DataSize.parse(text).toBytes());
    }
}
