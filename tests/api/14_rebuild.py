#!/usr/bin/python3
"""Everything that is read is made from the log, and can be made again from it, byte for byte."""


import weft


class Rebuild(weft.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.publish_bank()
        for number in range(20):
            cls.server.publish(weft.product(f"rebuilt.p{number}", tags=["x"], storage=[{"plugin": "filesystem"}]))
            cls.server.publish(weft.product(f"rebuilt.p{number}", description="changed"))
        for number in range(0, 20, 4):
            cls.server.delete(f"/api/v1/products/rebuilt.p{number}")
        for name in ("retail.customer_accounts", "risk.exposure"):
            cls.server.wait_resources(name)
        weft.wait_for(lambda: all(resource["state"] in ("retained", "removed") for number in range(20)
                                  for resource in cls.server.resources(f"rebuilt.p{number}")), "all resources to settle")
        # A document is ranked by the words of all others once the index knows it.
        weft.wait_for(lambda: "\nweft_search_pending_documents 0\n" in cls.server.get("/metrics").text, "the search index")
        cls.paths = ["/api/v1/products?limit=1000", "/api/v1/products/risk.exposure", "/api/v1/domains", "/api/v1/policies",
                     "/api/v1/products/risk.exposure/versions", "/api/v1/products/risk.exposure/resources",
                     "/api/v1/search?q=customer", "/api/v1/lineage?node=product:risk.exposure&direction=both",
                     "/api/v1/lineage?node=column:risk.exposure%23drawn&direction=up&level=column",
                     "/api/v1/products?tag=x&status=retired"]
        cls.before = {path: cls.server.get(path).body for path in cls.paths}
        cls.note = cls.server.checkpoint()
        cls.server.stop()

    def answers(self):
        self.server.start()
        found = {path: self.server.get(path).body for path in self.paths}
        checkpoint = self.server.checkpoint()
        self.server.stop()
        return found, checkpoint

    def test_1_the_projections_are_identical(self):
        done = self.assertDone(weft.run_client("rebuild", "--data", self.server.data))
        rows = [line for line in done.stdout.splitlines() if line.endswith("identical")]
        self.assertGreaterEqual(len(rows), 8, done.stdout)
        self.assertNotIn("DIFFERS", done.stdout)
        found, checkpoint = self.answers()
        self.assertEqual(found, self.before)
        self.assertEqual((checkpoint.size, checkpoint.root), (self.note.size, self.note.root))

    def test_2_a_projection_that_was_spoiled_is_made_right_again(self):
        weft.spoil(self.server.data, "UPDATE products SET owner = 'mallory', version = '9.9.9'; DELETE FROM lineage_edges;"
                   "DELETE FROM resources WHERE product = 'risk.exposure'")
        done = self.assertDone(weft.run_client("rebuild", "--data", self.server.data), 1)
        self.assertIn("DIFFERS", done.stdout)
        found, _ = self.answers()
        self.assertEqual(found, self.before)
        self.assertDone(weft.run_client("rebuild", "--data", self.server.data))

    def test_3_beside_a_running_server_it_is_refused(self):
        self.server.start()
        done = weft.run_client("rebuild", "--data", self.server.data)
        self.assertNotEqual(done.returncode, 0)
        self.server.stop()

    def test_4_what_is_no_folder_is_refused(self):
        done = weft.run_client("rebuild", "--data", self.folder() / "missing")
        self.assertNotEqual(done.returncode, 0)
        self.assertFalse((self.folder() / "missing").exists())


if __name__ == "__main__":
    weft.main()
