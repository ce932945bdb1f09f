"""Health check of the web container: exit 0 when the site beside us answers.

A script without Django, since it runs every few seconds: python deploy/healthz.py [PORT]. The
site is asked by the first name of ALLOWED_HOSTS, the only one under which it answers.
"""

import http.client
import os
import sys


def main() -> int:
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8000
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": name})
        answer = connection.getresponse()
    except OSError as error:
        print(f"web does not answer: {error}")
        return 1
    finally:
        connection.close()
    print(f"web answers {answer.status}")
    return int(answer.status != http.HTTPStatus.OK)


if __name__ == "__main__":
    sys.exit(main())
