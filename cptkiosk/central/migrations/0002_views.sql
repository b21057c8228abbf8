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
  r.sealed_at,
  r.received_at,
  r.accepted_at,
  r.signed_by,
  r.public_key,
  r.tree_origin,
  r.tree_size,
  r.tree_root
FROM revisions r
JOIN (
  SELECT site_code, session_id, max(revision) AS revision
  FROM revisions
  GROUP BY site_code, session_id
) latest
  ON r.site_code = latest.site_code
  AND r.session_id = latest.session_id
  AND r.revision = latest.revision;

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
JOIN current_revisions r
  ON a.site_code = r.site_code
  AND a.session_id = r.session_id
  AND a.revision = r.revision;

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

-- An irregularity that a later one replaces is not counted.
CREATE VIEW irregularity_counts AS
SELECT
  i.site_code,
  i.code,
  i.severity,
  count(*) AS irregularities,
  count(DISTINCT i.session_id) AS sessions
FROM irregularities i
JOIN current_revisions r
  ON i.site_code = r.site_code
  AND i.session_id = r.session_id
  AND i.revision = r.revision
LEFT JOIN irregularities later
  ON later.site_code = i.site_code
  AND later.session_id = i.session_id
  AND later.revision = i.revision
  AND later.supersedes = i.irregularity_id
WHERE later.irregularity_id IS NULL
GROUP BY i.site_code, i.code, i.severity;

CREATE VIEW late_uploads AS
SELECT
  site_code,
  session_id,
  revision,
  sealed_at,
  received_at,
  floor(extract(epoch FROM received_at - sealed_at) / 86400) AS days
FROM revisions
WHERE received_at > sealed_at + interval '3 days';

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
