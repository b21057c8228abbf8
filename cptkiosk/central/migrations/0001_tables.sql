-- Tables of a district or state office. Text and UUID keys only; every time is the
-- server's own. docs/central.md describes the views, which are what reports should use.

-- What centers delivered, byte for byte. A kiosk may insert here and nowhere else.
CREATE TABLE inbox (
  delivery_key uuid PRIMARY KEY,
  site_code text NOT NULL DEFAULT '',
  session_id text NOT NULL DEFAULT '',
  revision integer NOT NULL DEFAULT 0,
  file_name text NOT NULL,
  sha256 text NOT NULL,
  content bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'accepted', 'rejected'))
);
CREATE INDEX inbox_by_state ON inbox (state, received_at);

-- Each center with the key it is known by.
CREATE TABLE centers (
  site_code text PRIMARY KEY,
  key_file text NOT NULL,
  key_source text NOT NULL CHECK (key_source IN ('first contact', 'given')),
  time_zone text NOT NULL DEFAULT '',
  first_seen_at timestamptz NOT NULL DEFAULT now(),
  last_received_at timestamptz
);

-- The last checkpoint accepted from each center, for each of its trees: results bundles
-- have one of their own.
CREATE TABLE checkpoints (
  site_code text NOT NULL,
  tree text NOT NULL CHECK (tree IN ('record', 'results')),
  origin text NOT NULL,
  size bigint NOT NULL,
  root text NOT NULL,
  delivery_key uuid NOT NULL,
  PRIMARY KEY (site_code, tree)
);

-- One row for each sealed revision that was accepted.
CREATE TABLE revisions (
  site_code text NOT NULL,
  session_id text NOT NULL,
  revision integer NOT NULL,
  session_date date NOT NULL,
  kind text NOT NULL CHECK (kind IN ('record', 'results')),
  sha256 text NOT NULL,
  delivery_key uuid NOT NULL,
  received_at timestamptz NOT NULL,
  accepted_at timestamptz NOT NULL DEFAULT now(),
  key_fingerprint text NOT NULL,
  PRIMARY KEY (site_code, session_id, revision)
);

CREATE TABLE attempts (
  site_code text NOT NULL,
  session_id text NOT NULL,
  revision integer NOT NULL,
  attempt_id text NOT NULL,
  session_date date NOT NULL,
  participant_id text NOT NULL,
  person text NOT NULL,
  module_id text NOT NULL,
  edition text NOT NULL,
  user_code text NOT NULL,
  items integer,
  cut_percent integer,
  least_passing integer,
  score_state text NOT NULL,
  raw_min integer,
  raw_max integer,
  verdict text NOT NULL,
  vendor_verdict text NOT NULL,
  official text NOT NULL,
  passed boolean,
  validity text NOT NULL,
  counts boolean NOT NULL,
  continues text NOT NULL,
  irregularities text NOT NULL,
  PRIMARY KEY (site_code, session_id, revision, attempt_id)
);

-- What did not fit, whole in the inbox, with the reason. Never merged.
CREATE TABLE rejected (
  delivery_key uuid PRIMARY KEY,
  site_code text NOT NULL,
  session_id text NOT NULL,
  revision integer NOT NULL,
  file_name text NOT NULL,
  sha256 text NOT NULL,
  reason text NOT NULL,
  received_at timestamptz NOT NULL,
  rejected_at timestamptz NOT NULL DEFAULT now(),
  accepted_at timestamptz
);

-- The core modules of the full certificate.
CREATE TABLE core_modules (
  module_id text PRIMARY KEY
);
INSERT INTO core_modules (module_id)
VALUES ('safety'), ('quality'), ('production'), ('maintenance');
