"""What each file and each prepared document holds in the vault. Files already there keep the size that is known."""

from django.db import migrations, models


def taille_connue(apps, schema_editor):
    apps.get_model("justificatifs", "FichierDepose").objects.update(place=models.F("taille"))


class Migration(migrations.Migration):
    dependencies = [("justificatifs", "0004_liens_fermes")]

    operations = [
        migrations.AddField(
            model_name="fichierdepose",
            name="place",
            field=models.PositiveBigIntegerField(
                default=0, verbose_name="octets gardés au coffre\xa0: l’original, la copie, les pages"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="assemblage",
            name="place_du_resultat",
            field=models.PositiveBigIntegerField(
                default=0, verbose_name="octets que son résultat tient au coffre"
            ),
        ),
        migrations.RunPython(taille_connue, migrations.RunPython.noop),
    ]
