-- Who may do what with postings: the hub adds, the watching role reads all, a party its own.

ALTER TABLE postings ENABLE ROW LEVEL SECURITY;
ALTER TABLE postings FORCE ROW LEVEL SECURITY;
CREATE POLICY hub ON postings TO cashlane_hub USING (true) WITH CHECK (true);
CREATE POLICY watch ON postings FOR SELECT TO cashlane_watch USING (true);
CREATE POLICY party ON postings FOR SELECT TO cashlane_party
    USING (till IN (SELECT t.number FROM tills t JOIN outlets o ON o.number = t.outlet
                     WHERE o.agent = (SELECT party())));
GRANT SELECT, INSERT ON postings TO cashlane_hub;
GRANT SELECT ON postings TO cashlane_watch, cashlane_party;
GRANT SELECT ON entries TO cashlane_hub, cashlane_watch, cashlane_party;
REVOKE ALL ON FUNCTION record_v2 FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_v2 TO cashlane_hub;
