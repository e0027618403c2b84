"""An agent that speaks the data API of the Open Policy Agent, and decides by functions of Python instead of Rego.

    agent = opa_agent.Agent().start()
    agent.decides["weft/owned"] = lambda document: document["product"]["owner"] != "nobody"
    ...
    agent.close()

POST /v1/data/PATH with {"input": ...} answers {"decision_id": ..., "result": ...}: what the function gives, without
`result` when it gives UNDEFINED or when there is none at that path.  A function that raises Answer says the whole answer
itself; one that waits makes the agent slow.  By hand: `tests/api/opa_agent.py PORT` answers true to everything.
"""

import http.server
import json
import socket
import ssl
import sys
import threading
import uuid

UNDEFINED = object()
DATA = "/v1/data/"


class Answer(Exception):
    """Bytes instead of what the agent would say; None closes the connection without a word."""

    def __init__(self, status=200, body=b"{}", headers=()):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, headers


def failure(status, code, message):
    """An error as the agent puts it."""
    return Answer(status, json.dumps({"code": code, "message": message}).encode())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def say(self, answer):
        if answer.body is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)  # OSError: it is closed already
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer.body)))
        for name, value in answer.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def read_input(self, agent):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if agent.token and self.headers.get("Authorization") != f"Bearer {agent.token}":
            raise failure(401, "unauthorized", "request rejected by administrative policy")
        try:
            return json.loads(body)["input"]
        except (ValueError, KeyError):
            raise failure(400, "invalid_parameter", "error(s) occurred while decoding request") from None

    def do_POST(self):
        agent = self.server.agent
        agent.local.connection = self.connection
        try:
            document = self.read_input(agent)
            path = self.path.removeprefix(DATA)
            with agent.asked(path, document, dict(self.headers)):
                answer = agent.answer(path, document)
        except Answer as said:
            answer = said
        try:
            self.say(answer)
        except OSError:
            pass  # who asked has given up

    do_GET = do_POST


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True

    def handle_error(self, *_):
        pass


class Question:
    """One that is under way; the most at a time are counted."""

    def __init__(self, agent):
        self.agent = agent

    def __enter__(self):
        with self.agent.lock:
            self.agent.busy += 1
            self.agent.busiest = max(self.agent.busiest, self.agent.busy)

    def __exit__(self, *_):
        with self.agent.lock:
            self.agent.busy -= 1


class Agent:
    def __init__(self, token=None, certificate=None, port=0):
        self.decides, self.questions, self.headers = {}, [], []
        self.token, self.busy, self.busiest = token, 0, 0
        self.lock, self.closing, self.local = threading.Lock(), threading.Event(), threading.local()
        self.server = Server(("127.0.0.1", port), Handler)
        self.server.agent = self
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.scheme = "https" if certificate else "http"

    @property
    def port(self):
        return self.server.server_address[1]

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def start(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()

    def asked(self, path, document, headers):
        with self.lock:
            self.questions.append((path, document))
            self.headers.append(headers)
        return Question(self)

    def answer(self, path, document):
        decide = self.decides.get(path, lambda _: UNDEFINED)
        said = {"decision_id": str(uuid.uuid4())}
        result = decide(document)
        if result is not UNDEFINED:
            said["result"] = result
        return Answer(200, json.dumps(said).encode())

    def about(self, name):
        """The input documents that were about a product, in their order."""
        with self.lock:
            return [document for _, document in self.questions if document["product"]["name"] == name]

    def brought(self, name):
        """Those among them of somebody who publishes: who only judges again changes nothing."""
        return [document for document in self.about(name) if document["product"] != document["previous"]]

    def never(self, _):
        """A decision that does not come before whoever asked has given up."""
        while not self.closing.wait(0.02) and not self.is_given_up():
            pass
        raise Answer(body=None)

    def is_given_up(self):
        try:
            return self.local.connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    def slowly(self, seconds, result):
        def decide(_):
            self.closing.wait(seconds)
            return result
        return decide


class Yes(Agent):
    """Shows what it is asked, and allows it."""

    def answer(self, path, document):
        print(path, json.dumps(document, indent=2), flush=True)
        return Answer(body=b'{"result": true}')


def main():
    agent = Yes(port=int(sys.argv[1]) if len(sys.argv) > 1 else 8181)
    print(f"answering on {agent.url}", flush=True)
    agent.server.serve_forever()


if __name__ == "__main__":
    main()
