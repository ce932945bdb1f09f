from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('admintools', '0008_launch_accept_keywords'),
    ]

    operations = [
        migrations.AlterField(
            model_name='attempt',
            name='outcome',
            field=models.CharField(choices=[('running', 'Running'), ('succeeded', 'Succeeded'), ('failed', 'Failed'), ('cancelled', 'Cancelled'), ('lost', 'Worker lost'), ('again', 'To be tried again'), ('drained', 'Given back, the worker was leaving'), ('limited', 'Given back at the time limit')], default='running', max_length=10),
        ),
        migrations.AlterField(
            model_name='taskhistory',
            name='drains',
            field=models.PositiveIntegerField(default=0, help_text='Attempts given back: the worker was leaving, or at its time limit.'),
        ),
    ]
