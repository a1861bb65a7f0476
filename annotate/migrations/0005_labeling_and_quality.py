"""Question forms with versions, what labelers may add to a verdict, quality, reviews, exclusions, chats."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def forms_from_settings(apps, schema_editor):
    """A project's question form was a section of its settings; it becomes version 1 of its form."""
    Project, FormVersion = apps.get_model("annotate", "Project"), apps.get_model("annotate", "FormVersion")
    for project in Project.objects.all():
        form = project.settings.pop("form", {})
        FormVersion.objects.create(project=project, number=1, form=form, created_by=project.created_by)
        project.save(update_fields=["settings"])
    for round_ in apps.get_model("annotate", "Round").objects.all():
        round_.settings.pop("form", None)
        round_.save(update_fields=["settings"])


def forms_to_settings(apps, schema_editor):
    FormVersion = apps.get_model("annotate", "FormVersion")
    known = ("strengths", "tie", "both_bad", "skip")
    for version in FormVersion.objects.order_by("project", "number").select_related("project"):
        form = {key: value for key, value in version.form.items() if key in known}
        version.project.settings["form"] = {**form, "strengths": min(form.get("strengths", 3), 3)}
        version.project.save(update_fields=["settings"])


class Migration(migrations.Migration):

    dependencies = [
        ('annotate', '0004_queue_facts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Chat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='ChatTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('text', models.TextField()),
                ('status', models.CharField(choices=[('queued', 'Queued'), ('sampling', 'Sampling'), ('ready', 'Ready'), ('failed', 'Failed')], default='queued', max_length=16)),
                ('token', models.UUIDField(blank=True, help_text='Fencing token of the worker that samples it.', null=True)),
                ('partial', models.JSONField(default=list, help_text='The two answers as far as they are written.')),
                ('failure', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name='Exclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_from', models.DateTimeField(blank=True, null=True)),
                ('given_until', models.DateTimeField(blank=True, null=True)),
                ('guidelines_number', models.PositiveIntegerField(blank=True, null=True)),
                ('reason', models.TextField()),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('lifted_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='FormVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('form', models.JSONField(help_text='annotate.models.question_form.QuestionForm')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='LabelerFlag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('signal', models.CharField(help_text='gold, consistency, reliability, position, speed, fatigue, …', max_length=32)),
                ('evidence', models.JSONField(default=dict, help_text='{value, low, high, n, expected, text, preference_ids}')),
                ('raised_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('note', models.TextField(blank=True)),
            ],
        ),
        migrations.CreateModel(
            name='PreferenceEffect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('before', models.FloatField(blank=True, help_text='By the reward model before it; empty for the first.', null=True)),
                ('after', models.FloatField(help_text='By this reward model.')),
                ('held_out', models.FloatField(blank=True, help_text="By a fit that never saw the preference's prompt.", null=True)),
                ('pull', models.FloatField(help_text='How far the preference itself moved its own logit.')),
            ],
        ),
        migrations.CreateModel(
            name='QualityReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('through', models.BigIntegerField(default=0, help_text='The newest preference it counts.')),
                ('data', models.JSONField(default=dict, help_text='annotate.selectors.quality.QualityOut without flags')),
                ('seconds', models.FloatField(default=0, help_text='What computing it took.')),
                ('computed_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('mistake', 'Mistake'), ('value_difference', 'Value Difference'), ('unclear', 'Unclear')], max_length=20)),
                ('share_a', models.FloatField(blank=True, help_text='Of a value difference: the soft label, P(a better).', null=True)),
                ('note', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('superseded_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='preference',
            name='preference_winner_when_preferred',
        ),
        migrations.RemoveConstraint(
            model_name='skip',
            name='skip_once',
        ),
        migrations.AddField(
            model_name='assignment',
            name='shown_order',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), default=list, help_text='Of a ranking: stored positions in the order shown.', size=None),
        ),
        migrations.AddField(
            model_name='comparison',
            name='expected',
            field=models.JSONField(blank=True, help_text='Of a gold comparison: {kind, winner, strength}.', null=True),
        ),
        migrations.AddField(
            model_name='comparison',
            name='explanation',
            field=models.TextField(blank=True, help_text='Why the expected verdict is right, for the warm-up.'),
        ),
        migrations.AddField(
            model_name='comparison',
            name='more',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, help_text="Ids of a ranking's further completions.", size=None),
        ),
        migrations.AddField(
            model_name='comparison',
            name='original',
            field=models.ForeignKey(blank=True, help_text='What it repeats, mirrors or edits.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='again', to='annotate.comparison'),
        ),
        migrations.AddField(
            model_name='comparison',
            name='required_groups',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, help_text='A labeler must be in all of these.', size=None),
        ),
        migrations.AddField(
            model_name='comparison',
            name='reserved_for',
            field=models.ForeignKey(blank=True, help_text='Nobody else is given it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='guidelineversion',
            name='changes',
            field=models.TextField(blank=True, help_text='What changed, shown once to who worked under an earlier version.'),
        ),
        migrations.AddField(
            model_name='membership',
            name='groups',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), default=list, help_text='Groups that prompts may ask for.', size=None),
        ),
        migrations.AddField(
            model_name='membership',
            name='guidelines_seen',
            field=models.PositiveIntegerField(default=0, help_text='Number of the guidelines last shown.'),
        ),
        migrations.AddField(
            model_name='membership',
            name='paused_at',
            field=models.DateTimeField(blank=True, help_text='A paused labeler is given nothing.', null=True),
        ),
        migrations.AddField(
            model_name='membership',
            name='paused_by',
            field=models.ForeignKey(blank=True, help_text='Empty when a rule did it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='membership',
            name='paused_reason',
            field=models.CharField(blank=True, max_length=400),
        ),
        migrations.AddField(
            model_name='membership',
            name='warmed_up_at',
            field=models.DateTimeField(blank=True, help_text='When the warm-up was passed or waived.', null=True),
        ),
        migrations.AddField(
            model_name='preference',
            name='derived_from',
            field=models.ForeignKey(blank=True, help_text='Of an edit: the verdict.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='derived', to='annotate.preference'),
        ),
        migrations.AddField(
            model_name='preference',
            name='ranking',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, help_text='Rank of each completion in stored order.', null=True, size=None),
        ),
        migrations.AddField(
            model_name='preference',
            name='ratings',
            field=models.JSONField(default=dict, help_text='a, b, … → points.'),
        ),
        migrations.AddField(
            model_name='preference',
            name='reasons',
            field=models.JSONField(default=dict, help_text='a, b, … → reason keys.'),
        ),
        migrations.AddField(
            model_name='preference',
            name='spans',
            field=models.JSONField(default=dict, help_text='a, b, … → [{start, end, sign, reason}], in characters.'),
        ),
        migrations.AddField(
            model_name='skip',
            name='final',
            field=models.BooleanField(default=True, help_text='False when the comparison may come back to its labeler.'),
        ),
        migrations.AddField(
            model_name='snapshot',
            name='soft_labels',
            field=models.JSONField(default=dict, help_text='Preference id → P(a better), where a review said so; part of the hash.'),
        ),
        migrations.AlterField(
            model_name='comparison',
            name='kind',
            field=models.CharField(choices=[('normal', 'Normal'), ('panel', 'Panel'), ('gold', 'Gold'), ('repeat', 'Repeat'), ('mirrored', 'Mirrored'), ('imported', 'Imported'), ('edit', 'Edit'), ('chat', 'Chat')], default='normal', max_length=16),
        ),
        migrations.AlterField(
            model_name='invite',
            name='role',
            field=models.CharField(choices=[('admin', 'Admin'), ('reviewer', 'Reviewer'), ('labeler', 'Labeler')], default='labeler', max_length=16),
        ),
        migrations.AlterField(
            model_name='membership',
            name='role',
            field=models.CharField(choices=[('admin', 'Admin'), ('reviewer', 'Reviewer'), ('labeler', 'Labeler')], default='labeler', max_length=16),
        ),
        migrations.AlterField(
            model_name='preference',
            name='aspects',
            field=models.JSONField(default=dict, help_text='Aspect → {kind, winner, strength}.'),
        ),
        migrations.AlterField(
            model_name='preference',
            name='flags',
            field=models.JSONField(default=dict, help_text='a, b, … → flag keys.'),
        ),
        migrations.AlterField(
            model_name='preference',
            name='kind',
            field=models.CharField(choices=[('prefer', 'Prefer'), ('tie', 'Tie'), ('both_bad', 'Both Bad'), ('both_good', 'Both Good'), ('cannot_judge', 'Cannot Judge'), ('rank', 'Rank')], max_length=16),
        ),
        migrations.AlterField(
            model_name='preference',
            name='strength',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Step from the middle, 1 to 4.', null=True),
        ),
        migrations.AddConstraint(
            model_name='skip',
            constraint=models.UniqueConstraint(condition=models.Q(('final', True), ('undone_at__isnull', True)), fields=('comparison', 'annotator'), name='skip_once'),
        ),
        migrations.AddField(
            model_name='chat',
            name='annotator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='chats', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='chat',
            name='policy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='annotate.modelversion'),
        ),
        migrations.AddField(
            model_name='chat',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chats', to='annotate.project'),
        ),
        migrations.AddField(
            model_name='chatturn',
            name='chat',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='turns', to='annotate.chat'),
        ),
        migrations.AddField(
            model_name='chatturn',
            name='comparison',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='chat_turn', to='annotate.comparison'),
        ),
        migrations.AddField(
            model_name='chatturn',
            name='prompt',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='annotate.prompt'),
        ),
        migrations.AddField(
            model_name='exclusion',
            name='annotator',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exclusion',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exclusion',
            name='lifted_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='exclusion',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='exclusions', to='annotate.project'),
        ),
        migrations.AddField(
            model_name='formversion',
            name='created_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='formversion',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='forms', to='annotate.project'),
        ),
        migrations.AddField(
            model_name='preference',
            name='form',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='annotate.formversion'),
        ),
        migrations.AddConstraint(
            model_name='preference',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'prefer'), ('strength__in', [1, 2, 3, 4]), ('winner__isnull', False)), models.Q(models.Q(('kind', 'prefer'), _negated=True), ('strength__isnull', True), ('winner__isnull', True)), _connector='OR'), name='preference_winner_when_preferred'),
        ),
        migrations.AddConstraint(
            model_name='preference',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'rank'), ('ranking__isnull', False)), models.Q(models.Q(('kind', 'rank'), _negated=True), ('ranking', None)), _connector='OR'), name='preference_ranking_when_ranked'),
        ),
        migrations.AddField(
            model_name='labelerflag',
            name='annotator',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='labelerflag',
            name='closed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='labelerflag',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='labeler_flags', to='annotate.project'),
        ),
        migrations.AddField(
            model_name='preferenceeffect',
            name='preference',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='effects', to='annotate.preference'),
        ),
        migrations.AddField(
            model_name='preferenceeffect',
            name='reward_model',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='effects', to='annotate.modelversion'),
        ),
        migrations.AddField(
            model_name='qualityreport',
            name='project',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='quality_report', to='annotate.project'),
        ),
        migrations.AddField(
            model_name='review',
            name='comparison',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='annotate.comparison'),
        ),
        migrations.AddField(
            model_name='review',
            name='mistaken',
            field=models.ManyToManyField(help_text='Of a mistake: the wrong verdicts.', related_name='+', to='annotate.preference'),
        ),
        migrations.AddField(
            model_name='review',
            name='project',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='annotate.project'),
        ),
        migrations.AddField(
            model_name='review',
            name='reviewer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='chatturn',
            constraint=models.UniqueConstraint(fields=('chat', 'number'), name='chat_turn_number'),
        ),
        migrations.AddConstraint(
            model_name='formversion',
            constraint=models.UniqueConstraint(fields=('project', 'number'), name='form_number'),
        ),
        migrations.AddConstraint(
            model_name='labelerflag',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('project', 'annotator', 'signal'), name='flag_once'),
        ),
        migrations.AddConstraint(
            model_name='preferenceeffect',
            constraint=models.UniqueConstraint(fields=('reward_model', 'preference'), name='effect_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(condition=models.Q(('superseded_at', None)), fields=('comparison',), name='review_once'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'value_difference'), ('share_a__gte', 0), ('share_a__lte', 1)), models.Q(models.Q(('outcome', 'value_difference'), _negated=True), ('share_a', None)), _connector='OR'), name='review_share_of_value_difference'),
        ),
        migrations.RunPython(forms_from_settings, forms_to_settings),
    ]
