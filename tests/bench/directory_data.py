"""A made-up directory of any size, spread as a real one is: needs, areas and conditions of unequal frequency."""

import subprocess

from tests.bench import pgbench

# Every tenth service serves the whole country; the others one to three of 70 districts. Ten conditions for each
# service, the age among them. About a fifth has no room.
FILL = """
SELECT setseed(0.42);
CREATE TEMPORARY TABLE terms AS SELECT ARRAY['shelter', 'emergency-shelter', 'medical', 'sexual-reproductive-health',
    'mental-health', 'legal-advice', 'legal-representation', 'interpretation', 'documents-identity', 'family-tracing',
    'safe-return-reintegration', 'vocational-training', 'employment', 'cash', 'childcare', 'education'] AS codes;
CREATE FUNCTION pg_temp.word(n integer) RETURNS text LANGUAGE sql AS $$
    SELECT (ARRAY['кӯмак','хона','занон','кӯдакон','ҷавонон','табиб','вакил','ҳимоя','паноҳ','бехатар','дом','женщин',
        'помощь','дети','семья','центр','кризис','врач','юрист','убежище','house','women','help','children','family',
        'centre','crisis','doctor','lawyer','refuge','hope','light','safe','north','south','river','garden','garm',
        'bridge','dawn'])[1 + n % 40]
        || (ARRAY['', 'ӣ', 'ҳо', 'ов', 'ская', 'ness', 'ly', 'ing', 'хона', 'гоҳ'])[1 + n / 40 % 10]
        || CASE WHEN n < 400 THEN '' ELSE translate((n / 400)::text, '0123456789', 'bdfgklmnpr') END
$$;
CREATE TEMPORARY TABLE new_organizations AS
    SELECT n, uuidv7() AS id FROM generate_series(0, greatest(1, {count} / 10) - 1) AS n;
INSERT INTO organizations (id, name, description, status)
    SELECT id, 'Organization ' || n, 'Helps.', CASE WHEN n % 50 = 49 THEN 'suspended' ELSE 'active' END
    FROM new_organizations;
CREATE TEMPORARY TABLE new_services AS SELECT n, uuidv7() AS id FROM generate_series(0, {count} - 1) AS n;
INSERT INTO services (id, organization_id, name, description, status, taxonomy_terms, minimum_age, maximum_age)
    SELECT s.id, o.id,
        (SELECT string_agg(pg_temp.word(floor(random() ^ 3 * 20000 + 0 * (s.n + w))::integer), ' ')
            FROM generate_series(1, 3) AS w),
        (SELECT string_agg(pg_temp.word(floor(random() ^ 3 * 20000 + 0 * (s.n + w))::integer), ' ')
            FROM generate_series(1, 25) AS w),
        CASE WHEN s.n % 20 = 19 THEN 'inactive' ELSE 'active' END,
        ARRAY[codes[1 + floor(random() * 16)::integer], codes[1 + floor(random() * 16)::integer]],
        CASE WHEN random() < 0.7 THEN 18 ELSE 0 END, 60 + floor(random() * 40)::integer
    FROM new_services s JOIN new_organizations o ON o.n = s.n / 10, terms;
CREATE TEMPORARY TABLE new_criteria AS
    SELECT id, 'area' AS attribute, 'any-of' AS operator, CASE WHEN n % 10 = 0 THEN ARRAY['TJ'] ELSE
        (SELECT array_agg(DISTINCT 'TJ-' || floor(random() * 70 + 0 * (s.n + a))) FROM generate_series(1, 3) AS a)
        END AS codes,
        NULL::integer AS minimum, NULL::integer AS maximum FROM new_services s
    UNION ALL SELECT id, 'gender', 'any-of', CASE floor(random() * 5)::integer WHEN 0 THEN ARRAY['male']
        WHEN 1 THEN ARRAY['female', 'male'] ELSE ARRAY['female'] END, NULL, NULL FROM new_services
    UNION ALL SELECT id, 'languages', 'any-of', CASE floor(random() * 4)::integer WHEN 0 THEN ARRAY['tg']
        WHEN 1 THEN ARRAY['ru'] WHEN 2 THEN ARRAY['tg', 'ru'] ELSE ARRAY['tg', 'ru', 'en'] END, NULL, NULL
        FROM new_services
    UNION ALL SELECT id, 'risks', 'none-of', CASE floor(random() * 3)::integer WHEN 0 THEN ARRAY['violence']
        WHEN 1 THEN ARRAY['substance-use'] ELSE ARRAY['violence', 'substance-use', 'self-harm'] END, NULL, NULL
        FROM new_services
    UNION ALL SELECT id, 'children', 'within', '{{}}', NULL, floor(random() * 4)::integer FROM new_services
    UNION ALL SELECT id, 'children-ages', 'all-within', '{{}}', 0, 6 + floor(random() * 12)::integer FROM new_services
    UNION ALL SELECT id, 'exploitation', 'any-of', CASE floor(random() * 3)::integer WHEN 0 THEN ARRAY['sexual']
        WHEN 1 THEN ARRAY['sexual', 'labour', 'domestic-servitude']
        ELSE ARRAY['labour', 'forced-begging', 'forced-marriage', 'sexual'] END, NULL, NULL FROM new_services
    UNION ALL SELECT id, 'residence-status', 'any-of', CASE floor(random() * 3)::integer WHEN 0 THEN ARRAY['citizen']
        ELSE ARRAY['citizen', 'permanent', 'temporary', 'undocumented'] END, NULL, NULL FROM new_services
    UNION ALL SELECT id, 'origin-area', 'none-of', ARRAY['TJ-' || floor(random() * 70)], NULL, NULL FROM new_services;
INSERT INTO eligibility_criteria SELECT * FROM new_criteria;
INSERT INTO service_capacities
    (id, service_id, unit, name, maximum, confirmed, confirm_within, confirmed_at, confirm_by)
    SELECT uuidv7(), id, CASE WHEN n % 3 = 0 THEN 'family-room' ELSE 'bed' END, 'Beds', 10,
        CASE WHEN random() < 0.2 THEN 10 ELSE floor(random() * 9)::integer END, interval '1 day', now(),
        CASE WHEN random() < 0.3 THEN now() - interval '1 hour' ELSE now() + interval '1 day' END
    FROM new_services;
"""


def fill(owner_url: str, count: int) -> None:
    """Adds so many services to the directory, a tenth as many organizations, and all that belongs to them."""
    command = [str(pgbench.programs() / "psql"), "--no-psqlrc", "-q", "-v", "ON_ERROR_STOP=1"]
    url = owner_url.replace("+asyncpg", "")
    whole = [*command, "-1", "-f", "-", url]
    subprocess.run(whole, input=FILL.format(count=count), check=True, text=True, capture_output=True)
    # As autovacuum leaves it; else the first searches would read the GIN indexes' lists of what is not sorted in yet.
    subprocess.run([*command, "-c", "VACUUM ANALYZE", url], check=True, text=True, capture_output=True)
