package sicargabox.fixture;

import java.util.Set;
import org.elasticsearch.common.settings.Settings;

/** Refuses what a part does not know; a silently ignored option would make a test lie. */
final class KnownSettings {

    private KnownSettings() {}

    static void require(String part, Settings settings, String... known) {
        Set<String> allowed = Set.of(known);
        for (String key : settings.names()) {
            if (!key.equals("type") && !allowed.contains(key)) {
                throw new IllegalArgumentException(
                    part + ": the fixture plugin does not know the setting [" + key + "]");
            }
        }
    }
}
