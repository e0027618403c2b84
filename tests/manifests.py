#!/usr/bin/python3
"""What cannot be run here agrees with what is: the Kubernetes manifests and the Dockerfile of deploy/.

    tests/manifests.py [BUILD]        the build whose libraries are looked at (build/release)

Facts that these files must repeat (routes, settings, ports, users, versions, packages) are held against where they are
decided: api/openapi.yaml, config.def, CMakeLists.txt, deploy/packages.sh and the built program itself.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import yaml

try:
    from kubernetes import client as kinds  # Debian's python3-kubernetes: what every kind may hold
except ModuleNotFoundError:
    kinds = None

TOP = pathlib.Path(__file__).resolve().parents[1]
BUILD = TOP / "build" / "release"
FOLDER = TOP / "deploy" / "kubernetes"
DOCKERFILE = TOP / "deploy" / "Dockerfile"
WAYS = ["replicated", "single"]
WORKLOADS = ("Deployment", "StatefulSet")


def documents(path):
    return [document for document in yaml.safe_load_all(path.read_text()) if document]


def resolve(folder):
    """Every document that a kustomization names, through those that it includes."""
    found = []
    for name in documents(folder / "kustomization.yaml")[0]["resources"]:
        path = (folder / name).resolve()
        found += resolve(path) if path.is_dir() else documents(path)
    return found


def of_kind(found, *kinds):
    return [document for document in found if document["kind"] in kinds]


def matches(selector, labels):
    return bool(selector) and selector.items() <= labels.items()


def settings():
    """Each setting, with its default."""
    text = (TOP / "controlplane" / "base" / "config.def").read_text()
    return dict(re.findall(r'^X\((\w+),\s*\w+,\s*"([^"]*)"', text, re.M))


def routes():
    return yaml.safe_load((TOP / "api" / "openapi.yaml").read_text())["paths"]


def version():
    return re.search(r"project\(weft VERSION ([0-9.]+)", (TOP / "CMakeLists.txt").read_text()).group(1)


def package_list(name):
    """An array of deploy/packages.sh, as bash understands it."""
    script = f'source deploy/packages.sh; printf "%s\\n" "${{{name}[@]}}"'
    done = subprocess.run(["bash", "-euc", script], cwd=TOP, capture_output=True, text=True, check=True)
    return done.stdout.split()


def complaints(value, type_name, path):
    """What Kubernetes' own description of a type finds in a value: keys that it does not know, lists for texts, and so on."""
    item = re.fullmatch(r"(list)\[(.+)\]|(dict)\(str, (.+)\)", type_name)
    plain = {"str": str, "int": int, "bool": bool}.get(type_name)
    if plain:
        return [] if isinstance(value, plain) else [f"{path}: expected {type_name}, found {value!r}"]
    if type_name in ("object", "datetime"):
        return []
    expected = list if item and item.group(1) else dict
    if not isinstance(value, expected):
        return [f"{path}: expected a {expected.__name__}, found {value!r}"]
    if item:
        pairs = enumerate(value) if expected is list else value.items()
        return [found for key, one in pairs for found in complaints(one, item.group(2) or item.group(4), f"{path}/{key}")]
    model = getattr(kinds, type_name)
    known = {key: model.openapi_types[name] for name, key in model.attribute_map.items()}
    found = [f"{path}: unknown key '{key}'" for key in value.keys() - known.keys()]
    return found + [one for key in value.keys() & known.keys() for one in complaints(value[key], known[key], f"{path}/{key}")]


@unittest.skipUnless(kinds, "python3-kubernetes is not installed")
class Kinds(unittest.TestCase):
    def test_every_document_is_what_its_kind_may_be(self):
        for way in WAYS:
            for document in resolve(FOLDER / way):
                self.assertEqual(complaints(document, f"V1{document['kind']}", document["kind"]), [])

    def test_mistakes_are_found(self):
        """The control of the test above."""
        for change in ({"replica": 2}, {"replicas": "2"}, {"template": []},
                       {"template": {"spec": {"containers": [{"prots": []}]}}}):
            self.assertEqual(len(complaints({"spec": change}, "V1Deployment", "Deployment")), 1, change)


class Manifests(unittest.TestCase):
    def ways(self):
        for way in WAYS:
            found = resolve(FOLDER / way)
            workload, = of_kind(found, *WORKLOADS)
            pod = workload["spec"]["template"]
            container, = pod["spec"]["containers"]
            yield found, workload, pod, container

    def test_every_file_parses_and_is_part_of_something(self):
        for kustomization in sorted(FOLDER.glob("*/kustomization.yaml")):
            listed = {name for name in documents(kustomization)[0]["resources"] if not name.startswith("..")}
            there = {path.name for path in kustomization.parent.glob("*.yaml")} - {"kustomization.yaml"}
            self.assertEqual(listed, there, kustomization)
        for path in sorted(FOLDER.glob("**/*.yaml")):
            self.assertTrue(documents(path), path)
            for document in documents(path):
                self.assertTrue(document["apiVersion"] and document["kind"], path)

    def test_kubectl_puts_together_the_same(self):
        if not shutil.which("kubectl"):
            self.skipTest("kubectl is not installed")
        for way in WAYS:
            done = subprocess.run(["kubectl", "kustomize", FOLDER / way], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stderr)
            names = {(document["kind"], document["metadata"]["name"]) for document in yaml.safe_load_all(done.stdout)}
            self.assertEqual(names, {(document["kind"], document["metadata"]["name"]) for document in resolve(FOLDER / way)})

    def test_everything_is_in_the_one_namespace(self):
        for found, *_ in self.ways():
            name = of_kind(found, "Namespace")[0]["metadata"]["name"]
            for document in found:
                if document["kind"] != "Namespace":
                    self.assertEqual(document["metadata"]["namespace"], name, document["metadata"])

    def test_selectors_match_the_pods(self):
        for found, workload, pod, _ in self.ways():
            labels = pod["metadata"]["labels"]
            selectors = [workload["spec"]["selector"]["matchLabels"]]
            selectors += [service["spec"]["selector"] for service in of_kind(found, "Service")]
            selectors += [policy["spec"]["podSelector"]["matchLabels"] for policy in of_kind(found, "NetworkPolicy")]
            selectors += [budget["spec"]["selector"]["matchLabels"] for budget in of_kind(found, "PodDisruptionBudget")]
            selectors += [spread["labelSelector"]["matchLabels"]
                          for spread in pod["spec"].get("topologySpreadConstraints", [])]
            self.assertGreaterEqual(len(selectors), 3)
            for selector in selectors:
                self.assertTrue(matches(selector, labels), f"{selector} does not match {labels}")

    def test_what_is_named_exists(self):
        for found, workload, pod, container in self.ways():
            accounts = {account["metadata"]["name"] for account in of_kind(found, "ServiceAccount")}
            self.assertIn(pod["spec"]["serviceAccountName"], accounts)
            if workload["kind"] == "StatefulSet":
                services = {service["metadata"]["name"] for service in of_kind(found, "Service")}
                self.assertIn(workload["spec"]["serviceName"], services)
            volumes = {volume["name"] for volume in pod["spec"]["volumes"]}
            volumes |= {claim["metadata"]["name"] for claim in workload["spec"].get("volumeClaimTemplates", [])}
            self.assertEqual({mount["name"] for mount in container["volumeMounts"]}, volumes)

    def test_ports_agree(self):
        for found, _, pod, container in self.ways():
            ports = {port["name"]: port["containerPort"] for port in container["ports"]}
            listen = self.environment(container)["WEFT_LISTEN"]
            self.assertIn(int(listen.rpartition(":")[2]), ports.values())
            self.assertFalse(listen.startswith(("127.", "localhost")), "nobody could reach it")
            self.assertIn(int(pod["metadata"]["annotations"]["prometheus.io/port"]), ports.values())
            for service in of_kind(found, "Service"):
                for port in service["spec"]["ports"]:
                    self.assertIn(port["targetPort"], ports)
            for policy in of_kind(found, "NetworkPolicy"):
                for rule in policy["spec"]["ingress"]:
                    self.assertLessEqual({port["port"] for port in rule["ports"]}, set(ports))

    def test_probes_name_routes_that_anybody_may_get(self):
        for _, _, pod, container in self.ways():
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                get = container[probe]["httpGet"]
                self.assertIn(get["path"], routes(), probe)
                self.assertEqual(routes()[get["path"]]["get"]["x-role"], "anybody", probe)
                self.assertIn(get["port"], [port["name"] for port in container["ports"]])
            self.assertEqual(container["readinessProbe"]["httpGet"]["path"], "/readyz")
            self.assertNotEqual(container["livenessProbe"]["httpGet"]["path"], "/readyz",
                                "a database that is away would restart every node")
            self.assertIn(pod["metadata"]["annotations"]["prometheus.io/path"], routes())

    def environment(self, container):
        return {entry["name"]: entry.get("value", entry.get("valueFrom")) for entry in container["env"]}

    def test_the_environment_is_made_of_settings(self):
        for _, _, _, container in self.ways():
            for name in self.environment(container):
                self.assertTrue(name.startswith("WEFT_"), name)
                self.assertIn(name.removeprefix("WEFT_").lower(), settings())

    def test_a_pod_is_given_the_time_that_draining_takes(self):
        for _, _, pod, container in self.ways():
            environment = self.environment(container)
            drain = sum(int(environment.get(f"WEFT_{name.upper()}", settings()[name])) for name in ("drain_delay", "drain_limit"))
            self.assertGreater(pod["spec"]["terminationGracePeriodSeconds"], drain)

    def test_several_nodes_share_a_database_and_one_does_not(self):
        for _, workload, _, container in self.ways():
            several = workload["spec"]["replicas"] > 1
            self.assertEqual("WEFT_STORE" in self.environment(container), several)

    def test_the_data_folder_can_be_written_and_the_root_cannot(self):
        for _, workload, pod, container in self.ways():
            data = pathlib.PurePosixPath(self.environment(container)["WEFT_DATA"])
            mounts = {pathlib.PurePosixPath(mount["mountPath"]) for mount in container["volumeMounts"]
                      if not mount.get("readOnly")}
            self.assertTrue(mounts & {data, *data.parents})
            if workload["kind"] == "StatefulSet":
                claimed = {claim["metadata"]["name"] for claim in workload["spec"]["volumeClaimTemplates"]}
                kept = {pathlib.PurePosixPath(mount["mountPath"]) for mount in container["volumeMounts"]
                        if mount["name"] in claimed}
                self.assertTrue(kept & {data, *data.parents}, "the catalog would go with the pod")

    def test_pods_are_as_confined_as_the_namespace_demands(self):
        for found, _, pod, container in self.ways():
            labels = of_kind(found, "Namespace")[0]["metadata"]["labels"]
            self.assertEqual(labels["pod-security.kubernetes.io/enforce"], "restricted")
            self.assertTrue(pod["spec"]["securityContext"]["runAsNonRoot"])
            self.assertEqual(pod["spec"]["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
            self.assertFalse(pod["spec"]["automountServiceAccountToken"])
            confined = container["securityContext"]
            self.assertFalse(confined["allowPrivilegeEscalation"])
            self.assertTrue(confined["readOnlyRootFilesystem"])
            self.assertEqual(confined["capabilities"], {"drop": ["ALL"]})
            self.assertTrue(container["resources"]["requests"] and container["resources"]["limits"])

    def test_the_secret_is_what_the_readme_makes(self):
        text = (FOLDER / "README.md").read_text().replace("\\\n", " ")
        command = re.search(r"create secret generic (\w+) (.*)", text)
        made = set(re.findall(r"--from-(?:file|literal)=([\w.]+)=", command.group(2)))
        used = set()
        for _, _, pod, container in self.ways():
            for value in self.environment(container).values():
                if isinstance(value, dict):
                    self.assertEqual(value["secretKeyRef"]["name"], command.group(1))
                    used.add(value["secretKeyRef"]["key"])
            for volume in pod["spec"]["volumes"]:
                if "secret" in volume:
                    self.assertEqual(volume["secret"]["secretName"], command.group(1))
                    used |= {item["key"] for item in volume["secret"]["items"]}
        self.assertEqual(used, made)

    def test_the_image_is_this_version_and_its_user_the_same(self):
        user = re.search(r"^USER (\d+):(\d+)$", DOCKERFILE.read_text(), re.M)
        for _, _, pod, container in self.ways():
            self.assertEqual(container["image"], f"weft:{version()}")
            security = pod["spec"]["securityContext"]
            self.assertEqual(security["runAsUser"], int(user.group(1)))
            self.assertEqual({security["runAsGroup"], security["fsGroup"]}, {int(user.group(2))})


class Dockerfile(unittest.TestCase):
    def setUp(self):
        self.text = DOCKERFILE.read_text().replace("\\\n", " ")

    def copied(self):
        """What is taken from the tree, not from another stage."""
        for line in re.findall(r"^COPY (?!--from)(.*)$", self.text, re.M):
            yield from line.split()[:-1]

    def test_what_is_copied_exists(self):
        self.assertGreater(len(list(self.copied())), 5)
        for path in self.copied():
            known = subprocess.run(["git", "ls-files", "--", path], cwd=TOP, capture_output=True, text=True, check=True).stdout
            self.assertTrue(known, f"{path} is not in the tree")

    def test_its_packages_are_those_of_packages_sh(self):
        """It installs the lists themselves, and nothing beside them."""
        installed = re.findall(r"apt-get -q -y install --no-install-recommends ([^&\n]*)", self.text)
        self.assertEqual([words.strip() for words in installed], ['"${build_packages[@]}"', '"${run_packages[@]}"'])
        for name in ("build_packages", "run_packages"):
            self.assertTrue(package_list(name))

    def test_the_tree_that_it_copies_is_enough_to_configure_the_build(self):
        with tempfile.TemporaryDirectory(prefix="weft-docker-") as folder:
            for path in self.copied():
                into = pathlib.Path(folder) / path
                into.parent.mkdir(parents=True, exist_ok=True)
                if (TOP / path).is_dir():
                    shutil.copytree(TOP / path, into)
                else:
                    shutil.copy(TOP / path, into)
            done = subprocess.run(["cmake", "--preset", "release"], cwd=folder, capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            targets = subprocess.run(["ninja", "-C", f"{folder}/build/release", "-t", "targets", "all"],
                                     capture_output=True, text=True, check=True).stdout
            for target in re.search(r"--target ([\w ]+?)\s+&&", self.text).group(1).split():
                self.assertRegex(targets, rf"(?m)^{target}: ")

    def test_its_environment_is_made_of_settings(self):
        names = re.findall(r"\bWEFT_(\w+)=", self.text)
        self.assertTrue(names)
        self.assertLessEqual({name.lower() for name in names}, set(settings()))

    def test_its_healthcheck_asks_a_route(self):
        self.assertIn(re.search(r"GET (/\S+) HTTP", self.text).group(1), routes())


class Program(unittest.TestCase):
    """What was built needs the packages that the image installs, and is where the image looks for it."""

    @classmethod
    def setUpClass(cls):
        if not (BUILD / "bin" / "weft").exists():
            raise unittest.SkipTest(f"{BUILD}/bin/weft is not there")
        cls.programs = [BUILD / "bin" / "weft", *sorted((BUILD / "libexec" / "weft").iterdir())]

    def needed(self):
        """The packages of the libraries that the programs name themselves; not those of the base system."""
        for program in self.programs:
            listing = subprocess.run(["objdump", "-p", program], capture_output=True, text=True, check=True).stdout
            for library in re.findall(r"NEEDED\s+(\S+)", listing):
                owner = subprocess.run(["dpkg", "-S", f"*-linux-gnu/{library}"], capture_output=True, text=True, check=True)
                yield library, owner.stdout.split(":")[0]

    def test_the_image_installs_every_library_and_no_other(self):
        base = {"libc6", "libgcc-s1", "libstdc++6"}
        needed = {package for _, package in self.needed()} - base
        self.assertEqual(needed, set(package_list("run_packages")) - {"ca-certificates"})

    def test_the_installed_tree_is_what_the_image_runs(self):
        with tempfile.TemporaryDirectory(prefix="weft-install-") as folder:
            subprocess.run(["cmake", "--install", BUILD, "--prefix", folder], capture_output=True, check=True)
            done = subprocess.run([f"{folder}/bin/weft", "--version"], capture_output=True, text=True, check=True)
            self.assertIn(version(), done.stdout)
            plugins = {path.name for path in pathlib.Path(folder, "libexec", "weft").iterdir()}
            self.assertEqual(plugins, {path.name for path in self.programs[1:]})


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-") and pathlib.Path(sys.argv[1]).is_dir():
        BUILD = pathlib.Path(sys.argv.pop(1)).resolve()
    result = unittest.main(exit=False, verbosity=1).result
    failed = len(result.failures) + len(result.errors)
    print(f"{result.testsRun - failed - len(result.skipped)} passed, {failed} failed, {len(result.skipped)} skipped")
    sys.exit(1 if failed else 0)
