"""Late verdicts are read by what their labeler saw, a skip can be undone, and preferences cannot be rewritten."""

from django.db import migrations, models

GUARD = """
CREATE FUNCTION annotate_preference_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'preference % cannot be deleted: supersede it', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF to_jsonb(NEW) - 'superseded_at' IS DISTINCT FROM to_jsonb(OLD) - 'superseded_at' THEN
        RAISE EXCEPTION 'preference % cannot be edited: supersede it', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.superseded_at IS NOT NULL AND NEW.superseded_at IS DISTINCT FROM OLD.superseded_at THEN
        RAISE EXCEPTION 'preference % is superseded for good', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER annotate_preference_guard BEFORE UPDATE OR DELETE ON annotate_preference
    FOR EACH ROW EXECUTE FUNCTION annotate_preference_guard();
"""
UNGUARD = """
DROP TRIGGER annotate_preference_guard ON annotate_preference;
DROP FUNCTION annotate_preference_guard();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("annotate", "0003_round_stopped_at"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="skip", name="skip_once"),
        migrations.AddField(
            model_name="assignment",
            name="former_holders",
            field=models.JSONField(
                default=list,
                help_text="Who lost the lease, as {annotator, left_is_a}: a late verdict is read by what they saw.",
            ),
        ),
        migrations.AddField(
            model_name="skip",
            name="undone_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="skip",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("comparison", "annotator"),
                name="skip_once",
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
