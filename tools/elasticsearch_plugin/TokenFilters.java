package sicargabox.fixture;

import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishMinimalStemFilter;
import org.apache.lucene.analysis.en.EnglishPossessiveFilter;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.es.SpanishLightStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.ngram.EdgeNGramTokenFilter;
import org.apache.lucene.analysis.pattern.PatternCaptureGroupTokenFilter;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.index.analysis.NormalizingTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;

/** Token filters that look at one token at a time. */
final class TokenFilters {

    private TokenFilters() {}

    static TokenFilterFactory folding(String name, Settings settings) {
        KnownSettings.require("asciifolding", settings, "preserve_original");
        if (settings.getAsBoolean("preserve_original", false)) {
            return new Wrapped(name, tokens -> new ASCIIFoldingFilter(tokens, true));
        }
        return new Normalizing(name, tokens -> new ASCIIFoldingFilter(tokens, false));
    }

    static TokenFilterFactory stemmer(String name, Settings settings) {
        KnownSettings.require("stemmer", settings, "language");
        String language = settings.get("language", "porter");
        return new Wrapped(name, switch (language) {
            case "light_spanish" -> SpanishLightStemFilter::new;
            case "english", "porter" -> PorterStemFilter::new;
            case "minimal_english" -> EnglishMinimalStemFilter::new;
            case "possessive_english" -> EnglishPossessiveFilter::new;
            default -> throw new IllegalArgumentException(
                "stemmer: the fixture plugin does not know the language [" + language + "]");
        });
    }

    static TokenFilterFactory edgeNgram(String name, Settings settings) {
        KnownSettings.require("edge_ngram", settings, "min_gram", "max_gram", "preserve_original");
        int shortest = settings.getAsInt("min_gram", 1);
        int longest = settings.getAsInt("max_gram", 2);
        boolean keep = settings.getAsBoolean("preserve_original", false);
        return new Wrapped(
            name, tokens -> new EdgeNGramTokenFilter(tokens, shortest, longest, keep));
    }

    static TokenFilterFactory patternCapture(String name, Settings settings) {
        KnownSettings.require("pattern_capture", settings, "patterns", "preserve_original");
        boolean keep = settings.getAsBoolean("preserve_original", true);
        Pattern[] patterns = settings.getAsList("patterns").stream()
            .map(Pattern::compile).toArray(Pattern[]::new);
        return new Wrapped(
            name, tokens -> new PatternCaptureGroupTokenFilter(tokens, keep, patterns));
    }

    /** Implements the interface: the constructor of Elasticsearch's base class differs in 9. */
    private static class Wrapped implements TokenFilterFactory {
        private final String name;
        private final UnaryOperator<TokenStream> filter;

        Wrapped(String name, UnaryOperator<TokenStream> filter) {
            this.name = name;
            this.filter = filter;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public TokenStream create(TokenStream tokens) {
            return filter.apply(tokens);
        }
    }

    /** May also stand in a normalizer, which takes only filters that keep one token one. */
    private static final class Normalizing extends Wrapped
        implements NormalizingTokenFilterFactory {

        Normalizing(String name, UnaryOperator<TokenStream> filter) {
            super(name, filter);
        }
    }
}
