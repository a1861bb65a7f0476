"""A claim costs the same on any queue: fewer indexes to write, and fresh statistics while slots change quickly."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Every verdict changes its slot twice. By PostgreSQL's own defaults a queue of a million slots would be looked after
# once in a hundred thousand changes: until then claims walk over what is gone, and are planned for what was.
TEND = """
ALTER TABLE annotate_assignment SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
    autovacuum_analyze_scale_factor = 0.005, autovacuum_analyze_threshold = 1000);
"""
UNTEND = """
ALTER TABLE annotate_assignment RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold,
    autovacuum_analyze_scale_factor, autovacuum_analyze_threshold);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('annotate', '0006_queue_standing'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='assignment',
            name='assignment_once_per_annotator',
        ),
        migrations.AlterField(
            model_name='assignment',
            name='annotator',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='assignment',
            name='comparison',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='annotate.comparison'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(fields=('comparison', 'annotator'), name='assignment_once_per_annotator'),
        ),
        migrations.RunSQL(TEND, UNTEND),
    ]
