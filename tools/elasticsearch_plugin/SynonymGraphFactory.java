package sicargabox.fixture;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.List;
import java.util.function.Function;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.synonym.SolrSynonymParser;
import org.apache.lucene.analysis.synonym.SynonymGraphFilter;
import org.apache.lucene.analysis.synonym.SynonymMap;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.IndexService.IndexCreationContext;
import org.elasticsearch.index.analysis.AnalysisMode;
import org.elasticsearch.index.analysis.CharFilterFactory;
import org.elasticsearch.index.analysis.CustomAnalyzer;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;

/**
 * The {@code synonym_graph} filter, rules in the Solr format from the settings or from a file.
 *
 * <p>The rules pass through the filters that stand before this one, so that a rule written with
 * accents meets a text already folded.
 */
final class SynonymGraphFactory implements TokenFilterFactory {

    private final String name;
    private final Settings settings;
    private final Environment env;
    private final AnalysisMode mode;

    SynonymGraphFactory(String name, Settings settings, Environment env) {
        KnownSettings.require(
            "synonym_graph", settings, "synonyms", "synonyms_path", "expand", "updateable");
        this.name = name;
        this.settings = settings;
        this.env = env;
        this.mode = settings.getAsBoolean("updateable", false)
            ? AnalysisMode.SEARCH_TIME : AnalysisMode.ALL;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public AnalysisMode getAnalysisMode() {
        return mode;
    }

    @Override
    public TokenStream create(TokenStream tokens) {
        throw new IllegalStateException("synonym_graph needs the filters before it");
    }

    @Override
    public TokenFilterFactory getChainAwareTokenFilterFactory(
        IndexCreationContext context,
        TokenizerFactory tokenizer,
        List<CharFilterFactory> charFilters,
        List<TokenFilterFactory> previous,
        Function<String, TokenFilterFactory> all
    ) {
        Analyzer before = new CustomAnalyzer(
            tokenizer,
            charFilters.toArray(CharFilterFactory[]::new),
            previous.stream().map(TokenFilterFactory::getSynonymFilter)
                .toArray(TokenFilterFactory[]::new));
        return new Chained(name, parse(before), mode, settings.get("synonyms_path"));
    }

    private SynonymMap parse(Analyzer analyzer) {
        try {
            SolrSynonymParser parser =
                new SolrSynonymParser(true, settings.getAsBoolean("expand", true), analyzer);
            parser.parse(new StringReader(String.join("\n", rules())));
            return parser.build();
        } catch (IOException | ParseException error) {
            throw new IllegalArgumentException("failed to build synonyms", error);
        }
    }

    private List<String> rules() throws IOException {
        if (!settings.hasValue("synonyms_path")) {
            return settings.getAsList("synonyms");
        }
        Path file = env.configDir().resolve(settings.get("synonyms_path"));
        return Files.readAllLines(file);
    }

    private record Chained(String name, SynonymMap map, AnalysisMode mode, String file)
        implements TokenFilterFactory {

        @Override
        public TokenStream create(TokenStream tokens) {
            // Lucene refuses an empty map.
            return map.fst == null ? tokens : new SynonymGraphFilter(tokens, map, false);
        }

        @Override
        public AnalysisMode getAnalysisMode() {
            return mode;
        }

        @Override
        public String getResourceName() {
            return file;
        }
    }
}
