from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("annotate", "0008_reward_models")]

    operations = [
        migrations.AddField(
            model_name="completion",
            name="head_rewards",
            field=models.BinaryField(
                db_default=b"", default=b"", help_text="Reward by each head of the ensemble, float16, little endian."
            ),
        ),
    ]
