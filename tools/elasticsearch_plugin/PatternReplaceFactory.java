package sicargabox.fixture;

import java.io.Reader;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.pattern.PatternReplaceCharFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.NormalizingCharFilterFactory;

/** The {@code pattern_replace} character filter, in analyzers and normalizers. */
final class PatternReplaceFactory implements NormalizingCharFilterFactory {

    private final String name;
    private final Pattern pattern;
    private final String replacement;

    PatternReplaceFactory(String name, Settings settings) {
        KnownSettings.require("pattern_replace", settings, "pattern", "replacement");
        if (!settings.hasValue("pattern")) {
            throw new IllegalArgumentException("pattern_replace: needs a [pattern]");
        }
        this.name = name;
        this.pattern = Pattern.compile(settings.get("pattern"));
        this.replacement = settings.get("replacement", "");
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Reader create(Reader text) {
        return new PatternReplaceCharFilter(pattern, replacement, text);
    }
}
