-- The views of docs/central.md. Only the latest accepted revision of a session counts.

CREATE VIEW current_revisions AS
SELECT
  r.site_code,
  r.session_id,
  r.revision,
  r.session_date,
  r.kind,
  r.sha256,
  r.delivery_key,
  r.received_at,
  r.accepted_at,
  r.key_fingerprint
FROM revisions r
WHERE NOT EXISTS (
  SELECT 1
  FROM revisions later
  WHERE later.site_code = r.site_code
    AND later.session_id = r.session_id
    AND later.revision > r.revision
);

CREATE VIEW current_attempts AS
SELECT
  a.site_code,
  a.session_id,
  a.revision,
  a.attempt_id,
  a.session_date,
  a.participant_id,
  a.person,
  a.module_id,
  a.edition,
  a.user_code,
  a.items,
  a.cut_percent,
  a.least_passing,
  a.score_state,
  a.raw_min,
  a.raw_max,
  a.verdict,
  a.vendor_verdict,
  a.official,
  a.passed,
  a.validity,
  a.counts,
  a.continues,
  a.irregularities
FROM attempts a
WHERE NOT EXISTS (
  SELECT 1
  FROM revisions later
  WHERE later.site_code = a.site_code
    AND later.session_id = a.session_id
    AND later.revision > a.revision
);

-- A score is judged here once it is verified and neither withheld nor void.
CREATE VIEW pass_rates AS
SELECT
  site_code,
  module_id,
  count(*) AS scored,
  sum(CASE WHEN counts THEN 1 ELSE 0 END) AS passed,
  round(100.0 * sum(CASE WHEN counts THEN 1 ELSE 0 END) / count(*), 1) AS pass_percent
FROM current_attempts
WHERE score_state = 'verified'
  AND passed IS NOT NULL
  AND validity NOT IN ('withheld', 'void')
GROUP BY site_code, module_id;

CREATE VIEW module_certificates AS
SELECT
  site_code,
  participant_id,
  module_id,
  min(session_date) AS earned_on
FROM current_attempts
WHERE counts
GROUP BY site_code, participant_id, module_id;

CREATE VIEW credentials_earned AS
SELECT
  m.site_code,
  m.participant_id,
  max(m.earned_on) AS earned_on
FROM module_certificates m
JOIN core_modules c ON c.module_id = m.module_id
GROUP BY m.site_code, m.participant_id
HAVING count(*) = (SELECT count(*) FROM core_modules);

-- Irregularities that flagged or withheld a score, by the attempts they touched.
CREATE VIEW irregularity_counts AS
SELECT
  a.site_code,
  code,
  count(*) AS attempts,
  count(DISTINCT a.session_id) AS sessions
FROM current_attempts a
CROSS JOIN LATERAL unnest(string_to_array(a.irregularities, ' ')) AS code
WHERE a.irregularities <> ''
GROUP BY a.site_code, code;

CREATE VIEW late_uploads AS
SELECT
  site_code,
  session_id,
  revision,
  session_date,
  received_at,
  CAST(received_at AS date) - session_date AS days
FROM revisions
WHERE CAST(received_at AS date) - session_date > 3;

CREATE VIEW open_rejections AS
SELECT
  delivery_key,
  site_code,
  session_id,
  revision,
  file_name,
  sha256,
  reason,
  received_at,
  rejected_at
FROM rejected
WHERE accepted_at IS NULL;
