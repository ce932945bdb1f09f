from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('micasillero_generation', '0002_accounts'),
    ]

    operations = [
        migrations.AddField(
            model_name='paidanswer',
            name='refused',
            field=models.BooleanField(db_default=False, default=False, verbose_name='unusable'),
        ),
    ]
