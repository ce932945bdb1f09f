package sicargabox.fixture;

import java.util.List;
import java.util.function.Supplier;
import org.apache.lucene.util.Version;
import org.elasticsearch.Build;
import org.elasticsearch.client.internal.node.NodeClient;
import org.elasticsearch.cluster.node.DiscoveryNodes;
import org.elasticsearch.rest.BaseRestHandler;
import org.elasticsearch.rest.RestRequest;
import org.elasticsearch.rest.RestResponse;
import org.elasticsearch.rest.RestStatus;

/** GET and HEAD on {@code /}, which clients use for {@code info()} and {@code ping()}. */
final class RootHandler extends BaseRestHandler {

    private final String clusterName;
    private final Supplier<DiscoveryNodes> nodes;

    RootHandler(String clusterName, Supplier<DiscoveryNodes> nodes) {
        this.clusterName = clusterName;
        this.nodes = nodes;
    }

    @Override
    public String getName() {
        return "fixture_root";
    }

    @Override
    public List<Route> routes() {
        return List.of(
            new Route(RestRequest.Method.GET, "/"), new Route(RestRequest.Method.HEAD, "/"));
    }

    @Override
    protected RestChannelConsumer prepareRequest(RestRequest request, NodeClient client) {
        return channel -> {
            var body = channel.newBuilder().startObject();
            body.field("name", nodes.get().getLocalNode().getName());
            body.field("cluster_name", clusterName);
            body.startObject("version");
            body.field("number", Build.current().version());
            body.field("build_flavor", "fixture");
            body.field("lucene_version", Version.LATEST.toString());
            body.endObject();
            body.field("tagline", "You Know, for Search");
            body.endObject();
            channel.sendResponse(new RestResponse(RestStatus.OK, body));
        };
    }
}
