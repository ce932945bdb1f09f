"""docker-compose.yml, as docker-compose reads it: who reaches language models, and with what."""

from tests.deploy.shipped import composed, served


def test_only_who_needs_it_has_a_way_out(tmp_path):
    """The proxy and who it leads to, Flower's published port, who asks models, who notifies."""
    config = composed(tmp_path)
    open_networks = {n for n, net in config["networks"].items() if not (net or {}).get("internal")}
    assert open_networks == {"edge", "flower", "egress"}
    outside = {
        name: sorted(open_networks.intersection(service["networks"]))
        for name, service in config["services"].items()
    }
    assert {name: networks for name, networks in outside.items() if networks} == {
        "proxy": ["edge"],
        "web": ["edge"],
        "flower": ["flower"],
        asking_models(config["services"]): ["egress"],
        "worker-notifications": ["egress"],
        "notify": ["egress"],
    }


def asking_models(services: dict) -> str:
    """The worker of the queue whose jobs ask them."""
    (name,) = (name for name, queues in served(services).items() if "ai_generation" in queues)
    return name


def test_the_image_has_the_sdks_of_the_models_where_they_are_asked_for(tmp_path):
    for lock in ("requirements.txt", "requirements-ai.txt"):
        services = composed(tmp_path, REQUIREMENTS=lock)["services"]
        for name in ("web", asking_models(services)):
            assert services[name]["build"]["args"] == {"REQUIREMENTS": lock}, name


def test_a_key_of_a_model_reaches_the_worker_that_asks_it(tmp_path):
    services = composed(tmp_path, ANTHROPIC_API_KEY="sk-test")["services"]
    assert services[asking_models(services)]["environment"]["ANTHROPIC_API_KEY"] == "sk-test"
