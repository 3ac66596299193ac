<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de_DE" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About LAFR Desktop</source>
        <translation>Über LAFR Desktop</translation>
    </message>
    <message>
        <source>LAFR Desktop {0}</source>
        <translation>LAFR Desktop {0}</translation>
    </message>
    <message>
        <source>Restores the faces in family photographs, on your machine.</source>
        <translation>Stellt die Gesichter auf Familienfotos wieder her, auf Ihrem Rechner.</translation>
    </message>
    <message>
        <source>What runs &amp;where</source>
        <translation>&amp;Was wo läuft</translation>
    </message>
    <message>
        <source>&amp;Licence</source>
        <translation>&amp;Lizenz</translation>
    </message>
    <message>
        <source>What &amp;others made</source>
        <translation>Was &amp;andere gemacht haben</translation>
    </message>
    <message>
        <source>No connection is made. Your photographs, the faces in them and what you decide stay on this machine; nothing is sent, counted or looked up.</source>
        <translation>Es wird keine Verbindung aufgebaut. Ihre Fotos, die Gesichter darauf und Ihre Entscheidungen bleiben auf diesem Rechner; nichts wird gesendet, gezählt oder nachgeschlagen.</translation>
    </message>
    <message>
        <source>The window and the networks run as two programs, both on this machine. If the second one fails, it is started again, and your album stays as it is.</source>
        <translation>Das Fenster und die Netze laufen als zwei Programme, beide auf diesem Rechner. Fällt das zweite aus, wird es neu gestartet, und Ihr Album bleibt, wie es ist.</translation>
    </message>
    <message>
        <source>Your originals are only ever read. Results are written as new files.</source>
        <translation>Ihre Originale werden nur gelesen. Ergebnisse werden als neue Dateien geschrieben.</translation>
    </message>
    <message>
        <source>A restored face is an estimate: the networks may invent details that the photograph does not show. That is why you are asked about every face, and why an exported photograph says that it was changed.</source>
        <translation>Ein wiederhergestelltes Gesicht ist eine Schätzung: Die Netze können Einzelheiten erfinden, die das Foto nicht zeigt. Darum werden Sie zu jedem Gesicht gefragt, und darum sagt ein exportiertes Foto, dass es verändert wurde.</translation>
    </message>
    <message>
        <source>The networks run on: {0}.</source>
        <translation>Die Netze laufen auf: {0}.</translation>
    </message>
    <message>
        <source>Licence: {0}</source>
        <translation>Lizenz: {0}</translation>
    </message>
    <message>
        <source>The method (LAFR): {0}</source>
        <translation>Das Verfahren (LAFR): {0}</translation>
    </message>
    <message>
        <source>This text was not found in the installed program.</source>
        <translation>Dieser Text wurde im installierten Programm nicht gefunden.</translation>
    </message>
</context>
<context>
    <name>AlbumActions</name>
    <message>
        <source>&amp;File</source>
        <translation>&amp;Datei</translation>
    </message>
    <message>
        <source>R&amp;estore</source>
        <translation>&amp;Wiederherstellen</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>&amp;Hilfe</translation>
    </message>
    <message>
        <source>&amp;Import photos...</source>
        <translation>Fotos &amp;importieren...</translation>
    </message>
    <message>
        <source>Add photographs to the album</source>
        <translation>Fotos in das Album aufnehmen</translation>
    </message>
    <message>
        <source>Import &amp;folder...</source>
        <translation>&amp;Ordner importieren...</translation>
    </message>
    <message>
        <source>Add a folder and its subfolders</source>
        <translation>Einen Ordner mit seinen Unterordnern aufnehmen</translation>
    </message>
    <message>
        <source>New or &amp;open album...</source>
        <translation>Album öff&amp;nen oder anlegen...</translation>
    </message>
    <message>
        <source>Open the album in a folder, or make one there</source>
        <translation>Das Album in einem Ordner öffnen oder dort eines anlegen</translation>
    </message>
    <message>
        <source>&amp;Export...</source>
        <translation>&amp;Exportieren...</translation>
    </message>
    <message>
        <source>Write photographs with the accepted faces</source>
        <translation>Fotos mit den angenommenen Gesichtern schreiben</translation>
    </message>
    <message>
        <source>&amp;Remove from album</source>
        <translation>Aus dem Album ent&amp;fernen</translation>
    </message>
    <message>
        <source>Take the selected photographs out of the album; the files stay</source>
        <translation>Die ausgewählten Fotos aus dem Album nehmen; die Dateien bleiben</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>&amp;Beenden</translation>
    </message>
    <message>
        <source>Restore &amp;new</source>
        <translation>&amp;Neue wiederherstellen</translation>
    </message>
    <message>
        <source>Find and restore the faces of all new photographs</source>
        <translation>Die Gesichter aller neuen Fotos finden und wiederherstellen</translation>
    </message>
    <message>
        <source>Restore &amp;selected</source>
        <translation>&amp;Ausgewählte wiederherstellen</translation>
    </message>
    <message>
        <source>Find and restore the faces of the selected photographs</source>
        <translation>Die Gesichter der ausgewählten Fotos finden und wiederherstellen</translation>
    </message>
    <message>
        <source>Restore &amp;all</source>
        <translation>A&amp;lle wiederherstellen</translation>
    </message>
    <message>
        <source>Restore all that is new or unfinished in the whole album</source>
        <translation>Im ganzen Album alles wiederherstellen, was neu oder unfertig ist</translation>
    </message>
    <message>
        <source>&amp;Pause</source>
        <translation>&amp;Pause</translation>
    </message>
    <message>
        <source>Rest after this step; again to go on</source>
        <translation>Nach diesem Schritt ruhen; noch einmal, um fortzufahren</translation>
    </message>
    <message>
        <source>&amp;Cancel all</source>
        <translation>Alles abbre&amp;chen</translation>
    </message>
    <message>
        <source>Stop what is running and forget what waits</source>
        <translation>Anhalten, was läuft, und vergessen, was wartet</translation>
    </message>
    <message>
        <source>Re&amp;try what failed</source>
        <translation>Fehlgeschlagenes noch einmal &amp;versuchen</translation>
    </message>
    <message>
        <source>Show &amp;queue</source>
        <translation>Warte&amp;schlange zeigen</translation>
    </message>
    <message>
        <source>&amp;Settings...</source>
        <translation>&amp;Einstellungen...</translation>
    </message>
    <message>
        <source>&amp;Models...</source>
        <translation>&amp;Modelle...</translation>
    </message>
    <message>
        <source>&amp;About LAFR Desktop</source>
        <translation>Ü&amp;ber LAFR Desktop</translation>
    </message>
    <message>
        <source>&amp;Keyboard shortcuts</source>
        <translation>&amp;Tastenkürzel</translation>
    </message>
</context>
<context>
    <name>Badge</name>
    <message>
        <source>{n} to review</source>
        <translation>{n} zu prüfen</translation>
    </message>
    <message>
        <source>{n} held</source>
        <translation>{n} zurückgehalten</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>In Arbeit</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>No faces</source>
        <translation>Keine Gesichter</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>Fehlt</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
</context>
<context>
    <name>BundleDetails</name>
    <message>
        <source>Details of the model</source>
        <translation>Angaben zum Modell</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>Modelle werden gesucht…</translation>
    </message>
    <message>
        <source>No model is installed.</source>
        <translation>Es ist kein Modell installiert.</translation>
    </message>
    <message>
        <source>came with the program</source>
        <translation>kam mit dem Programm</translation>
    </message>
    <message>
        <source>added by you</source>
        <translation>von Ihnen hinzugefügt</translation>
    </message>
    <message>
        <source>Name:</source>
        <translation>Name:</translation>
    </message>
    <message>
        <source>Version:</source>
        <translation>Version:</translation>
    </message>
    <message>
        <source>Licence:</source>
        <translation>Lizenz:</translation>
    </message>
    <message>
        <source>commit</source>
        <translation>Commit</translation>
    </message>
    <message>
        <source>data</source>
        <translation>Daten</translation>
    </message>
    <message>
        <source>faces</source>
        <translation>Gesichter</translation>
    </message>
    <message>
        <source>preset</source>
        <translation>Voreinstellung</translation>
    </message>
    <message>
        <source>seed</source>
        <translation>Startwert</translation>
    </message>
    <message>
        <source>Size:</source>
        <translation>Größe:</translation>
    </message>
    <message>
        <source>Architecture:</source>
        <translation>Bauart:</translation>
    </message>
    <message>
        <source>{0} MB</source>
        <translation>{0} MB</translation>
    </message>
    <message>
        <source>SHA-256:</source>
        <translation>SHA-256:</translation>
    </message>
    <message>
        <source>Training:</source>
        <translation>Training:</translation>
    </message>
    <message>
        <source>Source:</source>
        <translation>Herkunft:</translation>
    </message>
    <message>
        <source>Imported from:</source>
        <translation>Importiert aus:</translation>
    </message>
    <message>
        <source>Folder:</source>
        <translation>Ordner:</translation>
    </message>
</context>
<context>
    <name>Canvas</name>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Restored</source>
        <translation>Wiederhergestellt</translation>
    </message>
</context>
<context>
    <name>CrashReporter</name>
    <message>
        <source>Unexpected error</source>
        <translation>Unerwarteter Fehler</translation>
    </message>
    <message>
        <source>Something went wrong that should not have.</source>
        <translation>Etwas ist schiefgegangen, das nicht hätte schiefgehen dürfen.</translation>
    </message>
    <message>
        <source>Your photographs and decisions are safe. You can go on; if it happens again, please report the details below.

{error}</source>
        <translation>Ihre Fotos und Entscheidungen sind sicher. Sie können weiterarbeiten; geschieht es wieder, melden Sie bitte die Einzelheiten unten.

{error}</translation>
    </message>
</context>
<context>
    <name>DeviceSection</name>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Automatic: the graphics card where it can be used</source>
        <translation>Automatisch: die Grafikkarte, wo sie benutzbar ist</translation>
    </message>
    <message>
        <source>Processor (CPU)</source>
        <translation>Prozessor (CPU)</translation>
    </message>
    <message>
        <source>NVIDIA graphics card (CUDA)</source>
        <translation>NVIDIA-Grafikkarte (CUDA)</translation>
    </message>
    <message>
        <source>Apple graphics (MPS)</source>
        <translation>Apple-Grafik (MPS)</translation>
    </message>
    <message>
        <source>&amp;Test this device</source>
        <translation>Dieses Gerät &amp;testen</translation>
    </message>
    <message>
        <source>Restores one face on the device and on the processor, and compares them.</source>
        <translation>Stellt ein Gesicht auf dem Gerät und auf dem Prozessor wieder her und vergleicht beide.</translation>
    </message>
    <message>
        <source>Result of the test</source>
        <translation>Ergebnis des Tests</translation>
    </message>
    <message>
        <source>Running now on: {0}.</source>
        <translation>Läuft jetzt auf: {0}.</translation>
    </message>
    <message>
        <source>Running now on {0}: {1}.</source>
        <translation>Läuft jetzt auf {0}: {1}.</translation>
    </message>
    <message>
        <source>Testing… The first test loads the networks.</source>
        <translation>Test läuft… Der erste Test lädt die Netze.</translation>
    </message>
</context>
<context>
    <name>DeviceTest</name>
    <message>
        <source>The test was cancelled.</source>
        <translation>Der Test wurde abgebrochen.</translation>
    </message>
</context>
<context>
    <name>Dialogs</name>
    <message>
        <source>Import photographs</source>
        <translation>Fotos importieren</translation>
    </message>
    <message>
        <source>Photographs ({0})</source>
        <translation>Fotos ({0})</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>Alle Dateien (*)</translation>
    </message>
    <message>
        <source>Import a folder with its subfolders</source>
        <translation>Einen Ordner mit seinen Unterordnern importieren</translation>
    </message>
    <message>
        <source>Open an album, or choose a folder for a new one</source>
        <translation>Ein Album öffnen oder einen Ordner für ein neues wählen</translation>
    </message>
    <message>
        <source>Remove from album</source>
        <translation>Aus dem Album entfernen</translation>
    </message>
    <message numerus="yes">
        <source>Remove %n photograph(s) from the album?</source>
        <translation>
            <numerusform>%n Foto aus dem Album entfernen?</numerusform>
            <numerusform>%n Fotos aus dem Album entfernen?</numerusform>
        </translation>
    </message>
    <message>
        <source>The files stay where they are; what was decided on their faces is lost.</source>
        <translation>Die Dateien bleiben, wo sie sind; was über ihre Gesichter entschieden wurde, geht verloren.</translation>
    </message>
    <message>
        <source>&amp;Remove</source>
        <translation>&amp;Entfernen</translation>
    </message>
</context>
<context>
    <name>EmptyPage</name>
    <message>
        <source>Import photographs…</source>
        <translation>Fotos importieren…</translation>
    </message>
    <message>
        <source>Import photographs</source>
        <translation>Fotos importieren</translation>
    </message>
</context>
<context>
    <name>Engine</name>
    <message>
        <source>The engine crashed several times in a row; the work was paused.</source>
        <translation>Das Rechenprogramm ist mehrmals hintereinander abgestürzt; die Arbeit wurde angehalten.</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export</source>
        <translation>Exportieren</translation>
    </message>
    <message>
        <source>Folder for the results</source>
        <translation>Ordner für die Ergebnisse</translation>
    </message>
    <message>
        <source>No face is accepted yet, so there is nothing to export.</source>
        <translation>Noch ist kein Gesicht angenommen, darum gibt es nichts zu exportieren.</translation>
    </message>
    <message>
        <source>Choose a folder for the results.</source>
        <translation>Wählen Sie einen Ordner für die Ergebnisse.</translation>
    </message>
    <message>
        <source>Originals lie in this folder, and they are never replaced: add something to the names, or choose another folder.</source>
        <translation>In diesem Ordner liegen Originale, und die werden nie ersetzt: Ergänzen Sie die Namen, oder wählen Sie einen anderen Ordner.</translation>
    </message>
    <message>
        <source>Photographs</source>
        <translation>Fotos</translation>
    </message>
    <message numerus="yes">
        <source>&amp;Selected photographs (%n with accepted faces)</source>
        <translation>
            <numerusform>&amp;Ausgewählte Fotos (%n mit angenommenen Gesichtern)</numerusform>
            <numerusform>&amp;Ausgewählte Fotos (%n mit angenommenen Gesichtern)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A&amp;ll photographs with accepted faces (%n)</source>
        <translation>
            <numerusform>A&amp;lle Fotos mit angenommenen Gesichtern (%n)</numerusform>
            <numerusform>A&amp;lle Fotos mit angenommenen Gesichtern (%n)</numerusform>
        </translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Size and additions</source>
        <translation>Größe und Zugaben</translation>
    </message>
    <message>
        <source>A picture with &amp;before and after side by side, for sharing</source>
        <translation>Ein &amp;Bild mit Vorher und Nachher nebeneinander, zum Weitergeben</translation>
    </message>
    <message>
        <source>A &amp;contact sheet of all results</source>
        <translation>Ein &amp;Kontaktbogen aller Ergebnisse</translation>
    </message>
    <message>
        <source>Si&amp;ze:</source>
        <translation>&amp;Größe:</translation>
    </message>
    <message>
        <source>The original&apos;s own</source>
        <translation>Die des Originals</translation>
    </message>
    <message>
        <source>Enlarged to twice the width</source>
        <translation>Vergrößert auf die doppelte Breite</translation>
    </message>
    <message>
        <source>Enlarged to four times the width</source>
        <translation>Vergrößert auf die vierfache Breite</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>&amp;Export</source>
        <translation>&amp;Exportieren</translation>
    </message>
    <message numerus="yes">
        <source>Also take %n confident face(s) not decided on</source>
        <translation>
            <numerusform>Auch %n sicheres, noch nicht entschiedenes Gesicht nehmen</numerusform>
            <numerusform>Auch %n sichere, noch nicht entschiedene Gesichter nehmen</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n accepted face(s) will be in the results.</source>
        <translation>
            <numerusform>%n angenommenes Gesicht kommt in die Ergebnisse.</numerusform>
            <numerusform>%n angenommene Gesichter kommen in die Ergebnisse.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n confident face(s) will be taken too.</source>
        <translation>
            <numerusform>%n sicheres Gesicht wird auch genommen.</numerusform>
            <numerusform>%n sichere Gesichter werden auch genommen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n undecided face(s) stay as they are in the original.</source>
        <translation>
            <numerusform>%n nicht entschiedenes Gesicht bleibt wie im Original.</numerusform>
            <numerusform>%n nicht entschiedene Gesichter bleiben wie im Original.</numerusform>
        </translation>
    </message>
    <message>
        <source>A small face gains little at the photograph&apos;s own size, because there is no room for its detail. Enlarging makes that room; all around the faces only grows, and does not get sharper.</source>
        <translation>Ein kleines Gesicht gewinnt in der Größe des Fotos wenig, weil für Einzelheiten kein Platz ist. Vergrößern schafft diesen Platz; alles um die Gesichter herum wird nur größer, nicht schärfer.</translation>
    </message>
    <message numerus="yes">
        <source>%n accepted face(s) are that small.</source>
        <translation>
            <numerusform>%n angenommenes Gesicht ist so klein.</numerusform>
            <numerusform>%n angenommene Gesichter sind so klein.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportFlow</name>
    <message>
        <source>An export is under way already.</source>
        <translation>Ein Export läuft schon.</translation>
    </message>
    <message>
        <source>The album is empty: there is nothing to export.</source>
        <translation>Das Album ist leer: Es gibt nichts zu exportieren.</translation>
    </message>
    <message>
        <source>Exporting: {done} of {total}</source>
        <translation>Exportieren: {done} von {total}</translation>
    </message>
    <message>
        <source>Nothing was exported: no face is accepted yet.</source>
        <translation>Nichts wurde exportiert: Noch ist kein Gesicht angenommen.</translation>
    </message>
    <message numerus="yes">
        <source>%n photograph(s) written to {folder}.</source>
        <translation>
            <numerusform>%n Foto nach {folder} geschrieben.</numerusform>
            <numerusform>%n Fotos nach {folder} geschrieben.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n cancelled.</source>
        <translation>
            <numerusform>%n abgebrochen.</numerusform>
            <numerusform>%n abgebrochen.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>And %n more that could not be done.</source>
        <translation>
            <numerusform>Und %n weiteres, das nicht gelang.</numerusform>
            <numerusform>Und %n weitere, die nicht gelangen.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FaceActions</name>
    <message>
        <source>Take candidate {number}</source>
        <translation>Vorschlag {number} nehmen</translation>
    </message>
    <message>
        <source>Re&amp;view</source>
        <translation>&amp;Prüfen</translation>
    </message>
    <message>
        <source>&amp;Accept</source>
        <translation>&amp;Annehmen</translation>
    </message>
    <message>
        <source>Take the restored face and go to the next</source>
        <translation>Das wiederhergestellte Gesicht nehmen und zum nächsten gehen</translation>
    </message>
    <message>
        <source>&amp;Reject</source>
        <translation>Ab&amp;lehnen</translation>
    </message>
    <message>
        <source>Leave the face as it was and go to the next</source>
        <translation>Das Gesicht lassen, wie es war, und zum nächsten gehen</translation>
    </message>
    <message>
        <source>&amp;Not a face</source>
        <translation>&amp;Kein Gesicht</translation>
    </message>
    <message>
        <source>This is no face: never restore it</source>
        <translation>Das ist kein Gesicht: nie wiederherstellen</translation>
    </message>
    <message>
        <source>&amp;Undo</source>
        <translation>&amp;Rückgängig</translation>
    </message>
    <message>
        <source>Take the last decision back and show its face</source>
        <translation>Die letzte Entscheidung zurücknehmen und ihr Gesicht zeigen</translation>
    </message>
    <message>
        <source>Re&amp;do</source>
        <translation>&amp;Wiederholen</translation>
    </message>
    <message>
        <source>Decide again what was taken back</source>
        <translation>Noch einmal entscheiden, was zurückgenommen wurde</translation>
    </message>
    <message>
        <source>Re&amp;view faces</source>
        <translation>&amp;Gesichter prüfen</translation>
    </message>
    <message>
        <source>Go through all faces of the album that wait for a decision</source>
        <translation>Alle Gesichter des Albums durchgehen, die auf eine Entscheidung warten</translation>
    </message>
    <message>
        <source>&amp;Back to album</source>
        <translation>&amp;Zurück zum Album</translation>
    </message>
    <message>
        <source>&amp;Previous face</source>
        <translation>&amp;Voriges Gesicht</translation>
    </message>
    <message>
        <source>Ne&amp;xt face</source>
        <translation>Näc&amp;hstes Gesicht</translation>
    </message>
    <message>
        <source>&amp;Stronger</source>
        <translation>&amp;Stärker</translation>
    </message>
    <message>
        <source>Take more of the restored face</source>
        <translation>Mehr vom wiederhergestellten Gesicht nehmen</translation>
    </message>
    <message>
        <source>&amp;Weaker</source>
        <translation>Sch&amp;wächer</translation>
    </message>
    <message>
        <source>Take less of the restored face</source>
        <translation>Weniger vom wiederhergestellten Gesicht nehmen</translation>
    </message>
    <message>
        <source>&amp;Try another seed</source>
        <translation>Anderen &amp;Startwert versuchen</translation>
    </message>
    <message>
        <source>Restore this face once more, differently</source>
        <translation>Dieses Gesicht noch einmal anders wiederherstellen</translation>
    </message>
    <message>
        <source>&amp;Draw a missed face</source>
        <translation>Ü&amp;bersehenes Gesicht einzeichnen</translation>
    </message>
    <message>
        <source>Draw a box around a face that was not found</source>
        <translation>Einen Rahmen um ein Gesicht ziehen, das nicht gefunden wurde</translation>
    </message>
    <message>
        <source>&amp;Keep original here</source>
        <translation>Hier das &amp;Original behalten</translation>
    </message>
    <message>
        <source>Paint over glasses or teeth to keep them as they were</source>
        <translation>Brille oder Zähne übermalen, damit sie bleiben, wie sie waren</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>not a face</source>
        <translation>kein Gesicht</translation>
    </message>
    <message>
        <source>other candidate</source>
        <translation>anderer Kandidat</translation>
    </message>
    <message>
        <source>strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>brush stroke</source>
        <translation>Pinselstrich</translation>
    </message>
    <message>
        <source>moved face</source>
        <translation>verschobenes Gesicht</translation>
    </message>
    <message>
        <source>drawn face</source>
        <translation>gezeichnetes Gesicht</translation>
    </message>
</context>
<context>
    <name>FaceState</name>
    <message>
        <source>not restored</source>
        <translation>nicht wiederhergestellt</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>being restored</source>
        <translation>in Arbeit</translation>
    </message>
    <message>
        <source>to review</source>
        <translation>zu prüfen</translation>
    </message>
    <message>
        <source>held</source>
        <translation>zurückgehalten</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>angenommen</translation>
    </message>
    <message>
        <source>rejected</source>
        <translation>abgelehnt</translation>
    </message>
    <message>
        <source>not a face</source>
        <translation>kein Gesicht</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
</context>
<context>
    <name>FaceStrip</name>
    <message>
        <source>Faces of this photograph</source>
        <translation>Gesichter dieses Fotos</translation>
    </message>
</context>
<context>
    <name>FacesModel</name>
    <message>
        <source>Face {number}: {state}</source>
        <translation>Gesicht {number}: {state}</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
    <message>
        <source>Search by name</source>
        <translation>Nach Namen suchen</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>Datum</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>State</source>
        <translation>Stand</translation>
    </message>
    <message>
        <source>Imported</source>
        <translation>Importiert</translation>
    </message>
    <message>
        <source>Sort by</source>
        <translation>Sortieren nach</translation>
    </message>
    <message>
        <source>Descending order</source>
        <translation>Absteigende Reihenfolge</translation>
    </message>
    <message>
        <source>Ascending</source>
        <translation>Aufsteigend</translation>
    </message>
    <message>
        <source>Descending</source>
        <translation>Absteigend</translation>
    </message>
</context>
<context>
    <name>Filters</name>
    <message>
        <source>All</source>
        <translation>Alle</translation>
    </message>
    <message>
        <source>To review</source>
        <translation>Zu prüfen</translation>
    </message>
    <message>
        <source>Held</source>
        <translation>Zurückgehalten</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>New</source>
        <translation>Neu</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>Fehlt</translation>
    </message>
</context>
<context>
    <name>FirstRun</name>
    <message>
        <source>Welcome! These are sample photographs, and this one is being restored right now. Accept (A) or reject (R) each face; nothing is changed in your files.</source>
        <translation>Willkommen! Dies sind Beispielfotos, und dieses wird gerade wiederhergestellt. Nehmen Sie jedes Gesicht an (A) oder lehnen Sie es ab (R); an Ihren Dateien wird nichts geändert.</translation>
    </message>
</context>
<context>
    <name>FolderField</name>
    <message>
        <source>Choose…</source>
        <translation>Wählen…</translation>
    </message>
    <message>
        <source>Choose: {0}</source>
        <translation>Wählen: {0}</translation>
    </message>
    <message>
        <source>Give the whole path of the folder.</source>
        <translation>Geben Sie den vollständigen Pfad des Ordners an.</translation>
    </message>
    <message>
        <source>There is a file of this name; choose a folder.</source>
        <translation>Es gibt eine Datei dieses Namens; wählen Sie einen Ordner.</translation>
    </message>
    <message>
        <source>Nothing can be written to this folder.</source>
        <translation>In diesen Ordner kann nichts geschrieben werden.</translation>
    </message>
    <message>
        <source>This folder cannot be used.</source>
        <translation>Dieser Ordner ist nicht benutzbar.</translation>
    </message>
</context>
<context>
    <name>InventedFaces</name>
    <message>
        <source>Invented: little</source>
        <translation>Erfunden: wenig</translation>
    </message>
    <message>
        <source>much</source>
        <translation>viel</translation>
    </message>
    <message>
        <source>Nothing to speak of was invented here</source>
        <translation>Hier wurde nichts Nennenswertes erfunden</translation>
    </message>
</context>
<context>
    <name>JobLine</name>
    <message>
        <source>Finding faces: {photo}</source>
        <translation>Gesichter finden: {photo}</translation>
    </message>
    <message>
        <source>Restoring a face: {photo}</source>
        <translation>Gesicht wiederherstellen: {photo}</translation>
    </message>
    <message>
        <source>Exporting: {photo}</source>
        <translation>Exportieren: {photo}</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>wartet</translation>
    </message>
    <message>
        <source>in work</source>
        <translation>in Arbeit</translation>
    </message>
    <message>
        <source>done</source>
        <translation>fertig</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>fehlgeschlagen</translation>
    </message>
    <message>
        <source>cancelled</source>
        <translation>abgebrochen</translation>
    </message>
</context>
<context>
    <name>LicenceDialog</name>
    <message>
        <source>Licence of the model</source>
        <translation>Lizenz des Modells</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>for example Apache-2.0</source>
        <translation>zum Beispiel Apache-2.0</translation>
    </message>
    <message>
        <source>Under which licence did its authors publish {0}? It is kept with the model and shown in this list. The file is only read; nothing in it is run.</source>
        <translation>Unter welcher Lizenz haben die Urheber {0} veröffentlicht? Sie bleibt beim Modell und steht in dieser Liste. Die Datei wird nur gelesen; nichts darin wird ausgeführt.</translation>
    </message>
    <message>
        <source>&amp;Add</source>
        <translation>&amp;Hinzufügen</translation>
    </message>
    <message>
        <source>&amp;Licence:</source>
        <translation>&amp;Lizenz:</translation>
    </message>
</context>
<context>
    <name>LookSection</name>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>The language changes when the program is started again.</source>
        <translation>Die Sprache wechselt, wenn das Programm neu gestartet wird.</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Thumbnails</source>
        <translation>Vorschaubilder</translation>
    </message>
    <message>
        <source> pixels</source>
        <translation> Pixel</translation>
    </message>
    <message>
        <source>&amp;Language:</source>
        <translation>&amp;Sprache:</translation>
    </message>
    <message>
        <source>T&amp;heme:</source>
        <translation>&amp;Farben:</translation>
    </message>
    <message>
        <source>Thumb&amp;nails:</source>
        <translation>Vorschau&amp;bilder:</translation>
    </message>
    <message>
        <source>Thumbnails on disk:</source>
        <translation>Vorschaubilder auf der Platte:</translation>
    </message>
    <message>
        <source>{0} MB now</source>
        <translation>jetzt {0} MB</translation>
    </message>
    <message>
        <source>Most megabytes of thumbnails on disk</source>
        <translation>Höchstens so viele Megabyte Vorschaubilder auf der Platte</translation>
    </message>
    <message>
        <source>at most </source>
        <translation>höchstens </translation>
    </message>
    <message>
        <source>&amp;Clear</source>
        <translation>&amp;Leeren</translation>
    </message>
    <message>
        <source>Throw the thumbnails on disk away</source>
        <translation>Die Vorschaubilder auf der Platte wegwerfen</translation>
    </message>
    <message>
        <source>They are made again when they are next needed.</source>
        <translation>Sie werden neu gemacht, wenn sie wieder gebraucht werden.</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>LAFR Desktop</source>
        <translation>LAFR Desktop</translation>
    </message>
    <message>
        <source>The networks run on the graphics card.</source>
        <translation>Die Netze laufen auf der Grafikkarte.</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Warteschlange</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>Werkzeuge</translation>
    </message>
    <message>
        <source>Device: processor</source>
        <translation>Gerät: Prozessor</translation>
    </message>
    <message>
        <source>Device: NVIDIA GPU</source>
        <translation>Gerät: NVIDIA-Grafikkarte</translation>
    </message>
    <message>
        <source>Device: GPU</source>
        <translation>Gerät: Grafikkarte</translation>
    </message>
    <message>
        <source>Device: automatic</source>
        <translation>Gerät: automatisch</translation>
    </message>
    <message>
        <source>Whether it can be used is seen when the first face is restored.</source>
        <translation>Ob es benutzbar ist, zeigt sich, wenn das erste Gesicht wiederhergestellt wird.</translation>
    </message>
    <message>
        <source>A graphics card where it can be used, else the processor: that is seen when the first face is restored.</source>
        <translation>Eine Grafikkarte, wo sie benutzbar ist, sonst der Prozessor: Das zeigt sich, wenn das erste Gesicht wiederhergestellt wird.</translation>
    </message>
    <message>
        <source>Progress of the work</source>
        <translation>Fortschritt der Arbeit</translation>
    </message>
    <message>
        <source>State of the work</source>
        <translation>Stand der Arbeit</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
</context>
<context>
    <name>ModelImport</name>
    <message>
        <source>The import was cancelled.</source>
        <translation>Das Hinzufügen wurde abgebrochen.</translation>
    </message>
</context>
<context>
    <name>ModelsDialog</name>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Installed models</source>
        <translation>Installierte Modelle</translation>
    </message>
    <message>
        <source>What was done last</source>
        <translation>Was zuletzt getan wurde</translation>
    </message>
    <message>
        <source>A model is a bundle of weights that restores faces. Nothing is downloaded by this program; a bundle that you were given can be added from a file, and so can a GFPGAN or RestoreFormer of others.</source>
        <translation>Ein Modell ist ein Bündel von Gewichten, das Gesichter wiederherstellt. Dieses Programm lädt nichts herunter; ein Bündel, das Sie bekommen haben, kann aus einer Datei hinzugefügt werden, ebenso ein GFPGAN oder RestoreFormer anderer.</translation>
    </message>
    <message>
        <source>{0} (in use)</source>
        <translation>{0} (in Gebrauch)</translation>
    </message>
    <message>
        <source>{0}: every file is what the manifest says.</source>
        <translation>{0}: Jede Datei ist, was das Manifest sagt.</translation>
    </message>
    <message>
        <source>{0} was checked and added.</source>
        <translation>{0} wurde geprüft und hinzugefügt.</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>Modell hinzufügen</translation>
    </message>
    <message>
        <source>Replace it with {0}?</source>
        <translation>Durch {0} ersetzen?</translation>
    </message>
    <message>
        <source>&amp;Replace</source>
        <translation>&amp;Ersetzen</translation>
    </message>
    <message>
        <source>&amp;Add a model</source>
        <translation>Modell &amp;hinzufügen</translation>
    </message>
    <message>
        <source>From a &amp;file (.zip)…</source>
        <translation>Aus einer &amp;Datei (.zip)…</translation>
    </message>
    <message>
        <source>From a f&amp;older…</source>
        <translation>Aus einem &amp;Ordner…</translation>
    </message>
    <message>
        <source>From a file of &amp;others (GFPGAN, RestoreFormer)…</source>
        <translation>Aus einer &amp;fremden Datei (GFPGAN, RestoreFormer)…</translation>
    </message>
    <message>
        <source>&amp;Check its files</source>
        <translation>Dateien &amp;prüfen</translation>
    </message>
    <message>
        <source>&amp;Use this model</source>
        <translation>Dieses Modell &amp;benutzen</translation>
    </message>
    <message>
        <source>Checking {0}…</source>
        <translation>{0} wird geprüft…</translation>
    </message>
    <message>
        <source>Bundles (*.zip)</source>
        <translation>Bündel (*.zip)</translation>
    </message>
    <message>
        <source>Models ({0})</source>
        <translation>Modelle ({0})</translation>
    </message>
    <message>
        <source>Checking and copying {0}…</source>
        <translation>{0} wird geprüft und kopiert…</translation>
    </message>
</context>
<context>
    <name>NameSection</name>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>Format</source>
        <translation>Format</translation>
    </message>
    <message>
        <source>As the original</source>
        <translation>Wie das Original</translation>
    </message>
    <message>
        <source>PNG (nothing lost)</source>
        <translation>PNG (verlustfrei)</translation>
    </message>
    <message>
        <source>TIFF (nothing lost)</source>
        <translation>TIFF (verlustfrei)</translation>
    </message>
    <message>
        <source>Quality</source>
        <translation>Qualität</translation>
    </message>
    <message>
        <source>as the original</source>
        <translation>wie das Original</translation>
    </message>
    <message>
        <source>Added to the name</source>
        <translation>Zusatz zum Namen</translation>
    </message>
    <message>
        <source>Replace files that are there &amp;already</source>
        <translation>&amp;Vorhandene Dateien ersetzen</translation>
    </message>
    <message>
        <source>&amp;Keep the folders of the originals</source>
        <translation>&amp;Ordner der Originale beibehalten</translation>
    </message>
    <message>
        <source>&amp;Format:</source>
        <translation>&amp;Format:</translation>
    </message>
    <message>
        <source>&amp;Quality:</source>
        <translation>&amp;Qualität:</translation>
    </message>
    <message>
        <source>Added to the &amp;name:</source>
        <translation>Zusatz zum &amp;Namen:</translation>
    </message>
    <message>
        <source>A name cannot have any of these letters: / \ : * ? &quot; &lt; &gt; |</source>
        <translation>Ein Name kann keines dieser Zeichen haben: / \ : * ? &quot; &lt; &gt; |</translation>
    </message>
    <message>
        <source>Example: {0} becomes {1}</source>
        <translation>Beispiel: aus {0} wird {1}</translation>
    </message>
</context>
<context>
    <name>PhotoBar</name>
    <message>
        <source>{n} %</source>
        <translation>{n} %</translation>
    </message>
    <message>
        <source>Slider</source>
        <translation>Schieber</translation>
    </message>
    <message>
        <source>Original left of the divider, restored right of it (, and . move it)</source>
        <translation>Original links der Trennlinie, wiederhergestellt rechts (, und . bewegen sie)</translation>
    </message>
    <message>
        <source>Side by side</source>
        <translation>Nebeneinander</translation>
    </message>
    <message>
        <source>Original and restored beside each other</source>
        <translation>Original und Wiederherstellung nebeneinander</translation>
    </message>
    <message>
        <source>Flicker</source>
        <translation>Wechsel</translation>
    </message>
    <message>
        <source>Restored; the original while Space is held</source>
        <translation>Wiederhergestellt; das Original, solange die Leertaste gedrückt ist</translation>
    </message>
    <message>
        <source>Restored</source>
        <translation>Wiederhergestellt</translation>
    </message>
    <message>
        <source>Only the restored photograph</source>
        <translation>Nur das wiederhergestellte Foto</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Only the original photograph</source>
        <translation>Nur das originale Foto</translation>
    </message>
    <message>
        <source>Hold to see original</source>
        <translation>Halten für das Original</translation>
    </message>
    <message>
        <source>Shows the original while it is held (Space)</source>
        <translation>Zeigt das Original, solange es gehalten wird (Leertaste)</translation>
    </message>
    <message>
        <source>Face boxes</source>
        <translation>Gesichtsrahmen</translation>
    </message>
    <message>
        <source>Show the boxes (B)</source>
        <translation>Die Rahmen zeigen (B)</translation>
    </message>
    <message>
        <source>Colour what restoring invented, the brighter the more (I)</source>
        <translation>Färbt, was beim Wiederherstellen erfunden wurde: je heller, desto mehr (I)</translation>
    </message>
    <message>
        <source>What was invented</source>
        <translation>Was erfunden wurde</translation>
    </message>
    <message>
        <source>Draw a missed face</source>
        <translation>Übersehenes Gesicht einzeichnen</translation>
    </message>
    <message>
        <source>Keep original here</source>
        <translation>Hier das Original behalten</translation>
    </message>
    <message>
        <source>Draw a box around a face that was not found (D)</source>
        <translation>Einen Rahmen um ein Gesicht ziehen, das nicht gefunden wurde (D)</translation>
    </message>
    <message>
        <source>Paint where the original stays; Shift erases (K)</source>
        <translation>Malen, wo das Original bleibt; Umschalt radiert (K)</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>Verkleinern</translation>
    </message>
    <message>
        <source>Zoom out (Ctrl+-)</source>
        <translation>Verkleinern (Strg+-)</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>Vergrößern</translation>
    </message>
    <message>
        <source>Zoom in (Ctrl++)</source>
        <translation>Vergrößern (Strg++)</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>Einpassen</translation>
    </message>
    <message>
        <source>The whole photograph (Ctrl+0)</source>
        <translation>Das ganze Foto (Strg+0)</translation>
    </message>
    <message>
        <source>1:1</source>
        <translation>1:1</translation>
    </message>
    <message>
        <source>Actual pixels (Ctrl+1)</source>
        <translation>Echte Pixel (Strg+1)</translation>
    </message>
    <message>
        <source>Actual pixels</source>
        <translation>Echte Pixel</translation>
    </message>
</context>
<context>
    <name>PhotoGrid</name>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Restore</source>
        <translation>Wiederherstellen</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren…</translation>
    </message>
    <message>
        <source>Find the file…</source>
        <translation>Datei suchen…</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Remove from album</source>
        <translation>Aus dem Album entfernen</translation>
    </message>
    <message>
        <source>Larger thumbnails</source>
        <translation>Größere Vorschaubilder</translation>
    </message>
    <message>
        <source>Smaller thumbnails</source>
        <translation>Kleinere Vorschaubilder</translation>
    </message>
    <message>
        <source>They appear here as they come in.</source>
        <translation>Sie erscheinen hier nach und nach.</translation>
    </message>
    <message>
        <source>Importing photographs…</source>
        <translation>Fotos werden importiert…</translation>
    </message>
    <message>
        <source>Drop photographs or folders here, or choose them yourself.</source>
        <translation>Legen Sie Fotos oder Ordner hier ab, oder wählen Sie sie selbst.</translation>
    </message>
    <message>
        <source>No photographs yet</source>
        <translation>Noch keine Fotos</translation>
    </message>
    <message>
        <source>No name contains “{0}”</source>
        <translation>Kein Name enthält „{0}“</translation>
    </message>
    <message>
        <source>There are no photographs under “{0}” now.</source>
        <translation>Unter „{0}“ sind jetzt keine Fotos.</translation>
    </message>
    <message>
        <source>Nothing here</source>
        <translation>Hier ist nichts</translation>
    </message>
    <message>
        <source>Where is {0} now?</source>
        <translation>Wo ist {0} jetzt?</translation>
    </message>
</context>
<context>
    <name>PhotoList</name>
    <message>
        <source>Photographs</source>
        <translation>Fotos</translation>
    </message>
</context>
<context>
    <name>PhotoPage</name>
    <message>
        <source>Back to album</source>
        <translation>Zurück zum Album</translation>
    </message>
    <message>
        <source>Back to the album (Esc)</source>
        <translation>Zurück zum Album (Esc)</translation>
    </message>
    <message>
        <source>Photographs with held faces: {n}</source>
        <translation>Fotos mit zurückgehaltenen Gesichtern: {n}</translation>
    </message>
    <message>
        <source>No face waits for a decision</source>
        <translation>Kein Gesicht wartet auf eine Entscheidung</translation>
    </message>
    <message>
        <source>1 face to review</source>
        <translation>1 Gesicht zu prüfen</translation>
    </message>
    <message>
        <source>{n} faces to review</source>
        <translation>{n} Gesichter zu prüfen</translation>
    </message>
    <message>
        <source>All faces found so far are reviewed, and can be exported.</source>
        <translation>Alle bisher gefundenen Gesichter sind geprüft und können exportiert werden.</translation>
    </message>
    <message>
        <source>To the album</source>
        <translation>Zum Album</translation>
    </message>
</context>
<context>
    <name>PhotoView</name>
    <message>
        <source>No photograph is open.</source>
        <translation>Kein Foto ist geöffnet.</translation>
    </message>
    <message>
        <source>Opening...</source>
        <translation>Wird geöffnet...</translation>
    </message>
    <message>
        <source>Photograph</source>
        <translation>Foto</translation>
    </message>
    <message>
        <source>{n} faces</source>
        <translation>{n} Gesichter</translation>
    </message>
    <message>
        <source>Face {i} of {n}, {state}</source>
        <translation>Gesicht {i} von {n}, {state}</translation>
    </message>
    <message>
        <source>Select a restored face first: the brush keeps parts of it.</source>
        <translation>Wählen Sie erst ein wiederhergestelltes Gesicht: Der Pinsel behält Teile davon.</translation>
    </message>
    <message>
        <source>Found</source>
        <translation>Gefunden</translation>
    </message>
    <message>
        <source>Waiting to be restored</source>
        <translation>Wartet auf die Wiederherstellung</translation>
    </message>
    <message>
        <source>Being restored</source>
        <translation>Wird wiederhergestellt</translation>
    </message>
    <message>
        <source>Restored, to be reviewed</source>
        <translation>Wiederhergestellt, zu prüfen</translation>
    </message>
    <message>
        <source>Held for a closer look</source>
        <translation>Zurückgehalten, um genauer hinzusehen</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>Angenommen</translation>
    </message>
    <message>
        <source>Rejected</source>
        <translation>Abgelehnt</translation>
    </message>
    <message>
        <source>Not a face</source>
        <translation>Kein Gesicht</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
</context>
<context>
    <name>PhotosModel</name>
    <message>
        <source>Faces: {0}</source>
        <translation>Gesichter: {0}</translation>
    </message>
    <message>
        <source>{0} x {1} pixels</source>
        <translation>{0} x {1} Pixel</translation>
    </message>
    <message>
        <source>Taken {0}</source>
        <translation>Aufgenommen {0}</translation>
    </message>
    <message>
        <source>The original is no longer there; “Find the file…” in its menu looks for it.</source>
        <translation>Das Original ist nicht mehr da; „Datei suchen…“ im Kontextmenü sucht es.</translation>
    </message>
</context>
<context>
    <name>QueuePanel</name>
    <message>
        <source>less than a minute left</source>
        <translation>noch weniger als eine Minute</translation>
    </message>
    <message>
        <source>about {n} min left</source>
        <translation>noch etwa {n} min</translation>
    </message>
    <message>
        <source>about {h} h {m} min left</source>
        <translation>noch etwa {h} h {m} min</translation>
    </message>
    <message>
        <source>Paused, {n} waiting</source>
        <translation>Pause, {n} warten</translation>
    </message>
    <message>
        <source>Nothing to do</source>
        <translation>Nichts zu tun</translation>
    </message>
    <message>
        <source>{n} waiting</source>
        <translation>{n} warten</translation>
    </message>
    <message>
        <source>Working on {photo}</source>
        <translation>Arbeit an {photo}</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Wird gestartet</translation>
    </message>
    <message>
        <source>{n} faces a minute</source>
        <translation>{n} Gesichter je Minute</translation>
    </message>
    <message>
        <source>Progress of the queue</source>
        <translation>Fortschritt der Warteschlange</translation>
    </message>
    <message>
        <source>Jobs</source>
        <translation>Aufträge</translation>
    </message>
</context>
<context>
    <name>ReviewBar</name>
    <message>
        <source>Strength of the restoration</source>
        <translation>Stärke der Wiederherstellung</translation>
    </message>
    <message>
        <source>How much of the restored face is taken (up and down keys)</source>
        <translation>Wie viel vom wiederhergestellten Gesicht genommen wird (Pfeiltasten auf und ab)</translation>
    </message>
    <message>
        <source>Strength</source>
        <translation>Stärke</translation>
    </message>
    <message>
        <source>Candidate {number}, seed {seed}</source>
        <translation>Vorschlag {number}, Startwert {seed}</translation>
    </message>
    <message>
        <source>No faces in this photograph yet</source>
        <translation>Noch keine Gesichter auf diesem Foto</translation>
    </message>
    <message>
        <source>Face {number} of {total}: {state}</source>
        <translation>Gesicht {number} von {total}: {state}</translation>
    </message>
    <message>
        <source>likeness {score}: {words}</source>
        <translation>Ähnlichkeit {score}: {words}</translation>
    </message>
    <message>
        <source>This photograph cannot be restored</source>
        <translation>Dieses Foto kann nicht wiederhergestellt werden</translation>
    </message>
    <message>
        <source>Faces are being looked for</source>
        <translation>Gesichter werden gesucht</translation>
    </message>
    <message>
        <source>No face was found in this photograph</source>
        <translation>In diesem Foto wurde kein Gesicht gefunden</translation>
    </message>
    <message>
        <source>the same person</source>
        <translation>dieselbe Person</translation>
    </message>
    <message>
        <source>very likely the same person</source>
        <translation>sehr wahrscheinlich dieselbe Person</translation>
    </message>
    <message>
        <source>look closely: may have changed</source>
        <translation>genau hinsehen: vielleicht verändert</translation>
    </message>
    <message>
        <source>may have become someone else</source>
        <translation>vielleicht jemand anderes geworden</translation>
    </message>
    <message>
        <source>The eyes were largely invented: compare with the original before you accept.</source>
        <translation>Die Augen sind großteils erfunden: Vergleichen Sie vor dem Annehmen mit dem Original.</translation>
    </message>
    <message>
        <source>The mouth was largely invented: compare with the original before you accept.</source>
        <translation>Der Mund ist großteils erfunden: Vergleichen Sie vor dem Annehmen mit dem Original.</translation>
    </message>
    <message>
        <source>Strong edges came or went around the eyes: compare glasses with the original.</source>
        <translation>Um die Augen sind starke Kanten entstanden oder verschwunden: Vergleichen Sie eine Brille mit dem Original.</translation>
    </message>
    <message>
        <source>The hairline was largely invented: compare with the original.</source>
        <translation>Der Haaransatz ist großteils erfunden: Vergleichen Sie mit dem Original.</translation>
    </message>
    <message>
        <source>They appear here as soon as they are found.</source>
        <translation>Sie erscheinen hier, sobald sie gefunden sind.</translation>
    </message>
    <message>
        <source>Restore the photograph to find its faces, or draw a missed face (D).</source>
        <translation>Stellen Sie das Foto wieder her, um seine Gesichter zu finden, oder zeichnen Sie ein übersehenes Gesicht ein (D).</translation>
    </message>
    <message>
        <source>Where one was missed, draw a box around it (D).</source>
        <translation>Wurde eines übersehen, zeichnen Sie einen Rahmen darum (D).</translation>
    </message>
</context>
<context>
    <name>Sentence</name>
    <message>
        <source>there is no such file</source>
        <translation>Diese Datei gibt es nicht</translation>
    </message>
    <message>
        <source>may not be read (permission denied)</source>
        <translation>darf nicht gelesen werden (keine Berechtigung)</translation>
    </message>
    <message>
        <source>is a folder, not a picture</source>
        <translation>ist ein Ordner, kein Bild</translation>
    </message>
    <message>
        <source>is not a regular file</source>
        <translation>ist keine gewöhnliche Datei</translation>
    </message>
    <message>
        <source>cannot be read ({0})</source>
        <translation>lässt sich nicht lesen ({0})</translation>
    </message>
    <message>
        <source>is not a picture of a known format</source>
        <translation>ist kein Bild in einem bekannten Format</translation>
    </message>
    <message>
        <source>is damaged or cut off ({0})</source>
        <translation>ist beschädigt oder abgeschnitten ({0})</translation>
    </message>
    <message>
        <source>is damaged or cut off</source>
        <translation>ist beschädigt oder abgeschnitten</translation>
    </message>
    <message>
        <source>is damaged, or of a kind that is not supported</source>
        <translation>ist beschädigt oder von einer Art, die nicht unterstützt wird</translation>
    </message>
    <message>
        <source>is damaged, or of a kind that is not supported ({0})</source>
        <translation>ist beschädigt oder von einer Art, die nicht unterstützt wird ({0})</translation>
    </message>
    <message>
        <source>is cut off: the file ends before its pixels do</source>
        <translation>ist abgeschnitten: Die Datei endet vor ihren Bildpunkten</translation>
    </message>
    <message>
        <source>is {0}, which the package {1} reads (pip install lafr-desktop[{2}])</source>
        <translation>ist {0}; dazu wird das Paket {1} gebraucht (pip install lafr-desktop[{2}])</translation>
    </message>
    <message>
        <source>holds {0} samples, which is not supported</source>
        <translation>enthält Werte der Art {0}; das wird nicht unterstützt</translation>
    </message>
    <message>
        <source>has {0} channels, which is not supported</source>
        <translation>hat {0} Kanäle; das wird nicht unterstützt</translation>
    </message>
    <message>
        <source>stores its 16-bit channels in a way that is not supported</source>
        <translation>speichert seine 16-Bit-Kanäle auf eine Weise, die nicht unterstützt wird</translation>
    </message>
    <message>
        <source>stores its channels in a way that is not supported</source>
        <translation>speichert seine Kanäle auf eine Weise, die nicht unterstützt wird</translation>
    </message>
    <message>
        <source>has {0} x {1} pixels, too few to hold a face</source>
        <translation>hat {0} x {1} Bildpunkte: zu wenige für ein Gesicht</translation>
    </message>
    <message>
        <source>there is not enough memory for this picture</source>
        <translation>Der Arbeitsspeicher reicht für dieses Bild nicht</translation>
    </message>
    <message>
        <source>there is not enough memory for this</source>
        <translation>Der Arbeitsspeicher reicht dafür nicht</translation>
    </message>
    <message>
        <source>holds no pictures</source>
        <translation>enthält keine Bilder</translation>
    </message>
    <message>
        <source>could not be written ({0})</source>
        <translation>konnte nicht geschrieben werden ({0})</translation>
    </message>
    <message>
        <source>is the source itself, which is never written to</source>
        <translation>ist das Original selbst, in das nie geschrieben wird</translation>
    </message>
    <message>
        <source>is an original of this album, which is never written to</source>
        <translation>ist ein Original dieses Albums, in das nie geschrieben wird</translation>
    </message>
    <message>
        <source>the suffix names no format that is written ({0})</source>
        <translation>Die Endung nennt kein Format, das geschrieben wird ({0})</translation>
    </message>
    <message>
        <source>the suffix {0} leads to another folder</source>
        <translation>Die Endung {0} führt in einen anderen Ordner</translation>
    </message>
    <message>
        <source>cannot be used ({0})</source>
        <translation>lässt sich nicht benutzen ({0})</translation>
    </message>
    <message>
        <source>is damaged or no album ({0})</source>
        <translation>ist beschädigt oder kein Album ({0})</translation>
    </message>
    <message>
        <source>another program keeps it busy</source>
        <translation>wird von einem anderen Programm benutzt</translation>
    </message>
    <message>
        <source>another program works on this album</source>
        <translation>Ein anderes Programm arbeitet an diesem Album</translation>
    </message>
    <message>
        <source>is not an album</source>
        <translation>ist kein Album</translation>
    </message>
    <message>
        <source>is an album already</source>
        <translation>ist schon ein Album</translation>
    </message>
    <message>
        <source>was written by a newer version of this program</source>
        <translation>wurde von einer neueren Version dieses Programms geschrieben</translation>
    </message>
    <message>
        <source>cannot be made ({0})</source>
        <translation>lässt sich nicht anlegen ({0})</translation>
    </message>
    <message>
        <source>cannot be written ({0})</source>
        <translation>lässt sich nicht schreiben ({0})</translation>
    </message>
    <message>
        <source>cannot be locked ({0})</source>
        <translation>lässt sich nicht sperren ({0})</translation>
    </message>
    <message>
        <source>there is no photograph {0} in this album</source>
        <translation>In diesem Album gibt es kein Foto {0}</translation>
    </message>
    <message>
        <source>there is no face {0} in this album</source>
        <translation>In diesem Album gibt es kein Gesicht {0}</translation>
    </message>
    <message>
        <source>there is no candidate {0} in this album</source>
        <translation>In diesem Album gibt es keinen Vorschlag {0}</translation>
    </message>
    <message>
        <source>there is no job {0} in this album</source>
        <translation>In diesem Album gibt es keinen Auftrag {0}</translation>
    </message>
    <message>
        <source>the strength {0} does not lie between 0 and 1</source>
        <translation>Die Stärke {0} liegt nicht zwischen 0 und 1</translation>
    </message>
    <message>
        <source>candidate {0} was not made of face {1}</source>
        <translation>Der Vorschlag {0} gehört nicht zum Gesicht {1}</translation>
    </message>
    <message>
        <source>face {0} has no restoration that could be accepted</source>
        <translation>Das Gesicht {0} hat keine Wiederherstellung, die sich annehmen ließe</translation>
    </message>
    <message>
        <source>is not there any more</source>
        <translation>ist nicht mehr da</translation>
    </message>
    <message>
        <source>has changed since it was imported; import it again as a new version</source>
        <translation>hat sich seit dem Importieren verändert; als neue Version noch einmal importieren</translation>
    </message>
    <message>
        <source>another version of this file has taken its place in the album</source>
        <translation>Eine andere Version dieser Datei hat im Album ihren Platz eingenommen</translation>
    </message>
    <message>
        <source>{0} is none of {1}</source>
        <translation>{0} gehört nicht zu {1}</translation>
    </message>
    <message>
        <source>the quality {0} does not lie between 1 and 100</source>
        <translation>Die Qualität {0} liegt nicht zwischen 1 und 100</translation>
    </message>
    <message>
        <source>the scale {0} is none of 1, 2 and 4</source>
        <translation>Die Vergrößerung {0} ist weder 1 noch 2 noch 4</translation>
    </message>
    <message>
        <source>ended without a result</source>
        <translation>endete ohne Ergebnis</translation>
    </message>
    <message>
        <source>failed without a reason</source>
        <translation>ist ohne Angabe eines Grundes fehlgeschlagen</translation>
    </message>
    <message>
        <source>failed unexpectedly ({0})</source>
        <translation>ist unerwartet fehlgeschlagen ({0})</translation>
    </message>
    <message>
        <source>this engine does not know jobs of the kind {0}</source>
        <translation>Das Rechenprogramm kennt keine Aufträge der Art {0}</translation>
    </message>
    <message>
        <source>the engine process died under it (status {0})</source>
        <translation>Das Rechenprogramm ist dabei abgestürzt (Status {0})</translation>
    </message>
    <message>
        <source>it was cancelled</source>
        <translation>wurde abgebrochen</translation>
    </message>
    <message>
        <source>the engine gave no sign of life for {0} seconds and was stopped</source>
        <translation>Das Rechenprogramm gab {0} Sekunden lang kein Lebenszeichen und wurde beendet</translation>
    </message>
    <message>
        <source>the engine cannot be started</source>
        <translation>Das Rechenprogramm lässt sich nicht starten</translation>
    </message>
    <message>
        <source>The engine cannot be started: {0}.</source>
        <translation>Das Rechenprogramm lässt sich nicht starten: {0}.</translation>
    </message>
    <message>
        <source>Too small: the face is {0} pixels wide, and below {1} there is too little of the person to go by.</source>
        <translation>Zu klein: Das Gesicht ist {0} Bildpunkte breit; unter {1} ist von der Person zu wenig zu erkennen.</translation>
    </message>
    <message>
        <source>Too small in the result: {0} pixels wide; enlarge the photograph to restore it.</source>
        <translation>Im Ergebnis zu klein: {0} Bildpunkte breit; zum Wiederherstellen das Foto vergrößern.</translation>
    </message>
    <message>
        <source>Too blurred, or not a face: the detector is not sure of it.</source>
        <translation>Zu unscharf oder kein Gesicht: Die Erkennung ist sich nicht sicher.</translation>
    </message>
    <message>
        <source>Too blurred: the face shows no more than one of {0} pixels would; below {1} there is too little of the person to go by.</source>
        <translation>Zu unscharf: Das Gesicht zeigt so wenig wie eines von {0} Bildpunkten; unter {1} ist von der Person zu wenig zu erkennen.</translation>
    </message>
    <message>
        <source>Turned away too far: one eye hides behind the other.</source>
        <translation>Zu weit abgewandt: Ein Auge ist hinter dem anderen verborgen.</translation>
    </message>
    <message>
        <source>Turned away too far: the face is seen from the side.</source>
        <translation>Zu weit abgewandt: Das Gesicht ist von der Seite zu sehen.</translation>
    </message>
    <message>
        <source>no longer looks like the same person ({0}, limit {1})</source>
        <translation>sieht nicht mehr nach derselben Person aus ({0}, Grenze {1})</translation>
    </message>
    <message>
        <source>the restorer failed</source>
        <translation>Die Wiederherstellung ist misslungen</translation>
    </message>
    <message>
        <source>the restorer failed: {0}</source>
        <translation>Die Wiederherstellung ist misslungen: {0}</translation>
    </message>
    <message>
        <source>the restorer gave no usable picture</source>
        <translation>Die Wiederherstellung ergab kein brauchbares Bild</translation>
    </message>
    <message>
        <source>the face lies outside the photograph</source>
        <translation>Das Gesicht liegt außerhalb des Fotos</translation>
    </message>
    <message>
        <source>the box drawn for a face is empty</source>
        <translation>Der Rahmen für das Gesicht ist leer</translation>
    </message>
    <message>
        <source>the box drawn for a face lies outside the photograph</source>
        <translation>Der Rahmen für das Gesicht liegt außerhalb des Fotos</translation>
    </message>
    <message>
        <source>the crop lies outside the picture</source>
        <translation>Der Ausschnitt liegt außerhalb des Bildes</translation>
    </message>
    <message>
        <source>is not a restored face</source>
        <translation>ist kein wiederhergestelltes Gesicht</translation>
    </message>
    <message>
        <source>is not a mask of what is kept (8-bit grey)</source>
        <translation>ist keine Maske dessen, was bleiben soll (8-Bit-Grau)</translation>
    </message>
    <message>
        <source>the mask of what is kept has no rectangle</source>
        <translation>Zur Maske dessen, was bleiben soll, fehlt das Rechteck</translation>
    </message>
    <message>
        <source>Faces are restored on the CPU: {0}.</source>
        <translation>Gesichter werden auf dem Prozessor wiederhergestellt: {0}.</translation>
    </message>
    <message>
        <source>The GPU has too little memory; faces are now restored on the CPU.</source>
        <translation>Die Grafikkarte hat zu wenig Speicher; Gesichter werden nun auf dem Prozessor wiederhergestellt.</translation>
    </message>
    <message>
        <source>Memory is short; faces are now decoded in tiles.</source>
        <translation>Der Speicher ist knapp; Gesichter werden jetzt in Kacheln dekodiert.</translation>
    </message>
    <message>
        <source>{0} computes something else than the CPU</source>
        <translation>{0} rechnet anders als der Prozessor</translation>
    </message>
    <message>
        <source>the CPU was asked for</source>
        <translation>der Prozessor wurde gewählt</translation>
    </message>
    <message>
        <source>this program&apos;s PyTorch was built without support for a graphics card</source>
        <translation>das PyTorch dieses Programms kann keine Grafikkarte benutzen</translation>
    </message>
    <message>
        <source>no graphics card with a working driver was found</source>
        <translation>es wurde keine Grafikkarte mit funktionierendem Treiber gefunden</translation>
    </message>
    <message>
        <source>one face took {0} s; no GPU is used because {1}.</source>
        <translation>ein Gesicht in {0} s; ohne Grafikkarte: {1}.</translation>
    </message>
    <message>
        <source>one face took {0} s, and it computes what the CPU does.</source>
        <translation>ein Gesicht in {0} s; das Gerät rechnet wie der Prozessor.</translation>
    </message>
    <message>
        <source>one face took {0} s, but it computes something else than the CPU: do not use it.</source>
        <translation>ein Gesicht in {0} s, aber das Gerät rechnet anders als der Prozessor: Benutzen Sie es nicht.</translation>
    </message>
    <message>
        <source>no such kind of device (auto, cpu, cuda, mps)</source>
        <translation>diese Art von Gerät gibt es nicht (auto, cpu, cuda, mps)</translation>
    </message>
    <message>
        <source>is not the name of a device ({0})</source>
        <translation>ist kein Name eines Geräts ({0})</translation>
    </message>
    <message>
        <source>this machine has no such device that torch can use</source>
        <translation>dieser Rechner hat kein solches Gerät, das PyTorch benutzen kann</translation>
    </message>
    <message>
        <source>HEIC is read only: it is written as JPEG.</source>
        <translation>HEIC wird nur gelesen: Geschrieben wird JPEG.</translation>
    </message>
    <message>
        <source>Camera RAW is read only: it is written as TIFF.</source>
        <translation>Kamera-RAW wird nur gelesen: Geschrieben wird TIFF.</translation>
    </message>
    <message>
        <source>More than 8 bits a channel become 8.</source>
        <translation>Aus mehr als 8 Bit je Kanal werden 8.</translation>
    </message>
    <message>
        <source>Only the first of {0} frames is restored.</source>
        <translation>Nur das erste von {0} Einzelbildern wird wiederhergestellt.</translation>
    </message>
    <message>
        <source>Only the first of {0} pictures is restored.</source>
        <translation>Nur das erste von {0} Bildern wird wiederhergestellt.</translation>
    </message>
    <message>
        <source>Only the first of {0} pages is restored; the others are copied.</source>
        <translation>Nur die erste von {0} Seiten wird wiederhergestellt; die anderen werden kopiert.</translation>
    </message>
    <message>
        <source>Only the first page is restored: those behind it are damaged.</source>
        <translation>Nur die erste Seite wird wiederhergestellt: Die dahinter sind beschädigt.</translation>
    </message>
    <message>
        <source>A smaller copy of the first page is left out: it shows the old one.</source>
        <translation>Eine kleinere Kopie der ersten Seite fällt weg: Sie zeigt die alte.</translation>
    </message>
    <message>
        <source>The other pages are left out: a {0} holds one.</source>
        <translation>Die anderen Seiten fallen weg: {0} fasst nur eine.</translation>
    </message>
    <message>
        <source>16 bits a channel become 8: a {0} holds no more.</source>
        <translation>Aus 16 Bit je Kanal werden 8: Mehr fasst {0} nicht.</translation>
    </message>
    <message>
        <source>Alpha is left out: a {0} holds none.</source>
        <translation>Die Durchsichtigkeit fällt weg: {0} kennt keine.</translation>
    </message>
    <message>
        <source>The channel behind the colours is left out: only a TIFF holds one.</source>
        <translation>Der Kanal hinter den Farben fällt weg: Nur TIFF kennt einen.</translation>
    </message>
    <message>
        <source>CMYK becomes sRGB.</source>
        <translation>Aus CMYK wird sRGB.</translation>
    </message>
    <message>
        <source>The palette is given up for RGB: it lacks colours of the result.</source>
        <translation>Aus der Farbpalette wird RGB: Ihr fehlen Farben des Ergebnisses.</translation>
    </message>
    <message>
        <source>Grey of {0} bits becomes grey of 8.</source>
        <translation>Aus Grau mit {0} Bit wird Grau mit 8.</translation>
    </message>
    <message>
        <source>{0} becomes {1}.</source>
        <translation>Aus {0} wird {1}.</translation>
    </message>
    <message>
        <source>Profile, EXIF and XMP are left out: a BMP holds none.</source>
        <translation>Profil, EXIF und XMP fallen weg: BMP kennt sie nicht.</translation>
    </message>
    <message>
        <source>EXIF is left out: a JPEG holds no block of that size.</source>
        <translation>EXIF fällt weg: JPEG fasst keinen Block dieser Größe.</translation>
    </message>
    <message>
        <source>XMP is left out: a JPEG holds no packet of that size.</source>
        <translation>XMP fällt weg: JPEG fasst kein Paket dieser Größe.</translation>
    </message>
    <message>
        <source>Its Content Credentials are left out: they vouch for the photograph as it was.</source>
        <translation>Die Content Credentials fallen weg: Sie bürgen für das Foto, wie es war.</translation>
    </message>
    <message>
        <source>Photoshop&apos;s layers are left out: they show the photograph as it was.</source>
        <translation>Die Photoshop-Ebenen fallen weg: Sie zeigen das Foto, wie es war.</translation>
    </message>
    <message>
        <source>Its JPEG compression becomes deflate, which loses nothing.</source>
        <translation>Aus der JPEG-Kompression wird Deflate, das nichts verliert.</translation>
    </message>
    <message>
        <source>Its XMP was damaged and is replaced by the label.</source>
        <translation>XMP war beschädigt und wird durch die Kennzeichnung ersetzt.</translation>
    </message>
    <message>
        <source>The picture has no recipe: {0}</source>
        <translation>Das Bild hat kein Rezept: {0}</translation>
    </message>
    <message>
        <source>was not written, since it {0}</source>
        <translation>wurde nicht geschrieben; Grund: {0}</translation>
    </message>
    <message>
        <source>no such bundle of weights (installed: {0})</source>
        <translation>Dieses Modell gibt es nicht (installiert: {0})</translation>
    </message>
    <message>
        <source>there is no bundle of weights here (no {0})</source>
        <translation>Hier ist kein Modell ({0} fehlt)</translation>
    </message>
    <message>
        <source>the bundle has format {0}, this version reads {1}</source>
        <translation>Das Modell hat Format {0}, diese Version liest {1}</translation>
    </message>
    <message>
        <source>the manifest cannot be understood ({0})</source>
        <translation>Das Manifest ist nicht zu verstehen ({0})</translation>
    </message>
    <message>
        <source>the manifest names a file outside the bundle: {0}</source>
        <translation>Das Manifest nennt eine Datei außerhalb des Modells: {0}</translation>
    </message>
    <message>
        <source>the manifest names no file of weights</source>
        <translation>Das Manifest nennt keine Datei mit Gewichten</translation>
    </message>
    <message>
        <source>the manifest does not list {0}</source>
        <translation>Im Manifest fehlt {0}</translation>
    </message>
    <message>
        <source>a file of the bundle is missing</source>
        <translation>Diese Datei des Modells fehlt</translation>
    </message>
    <message>
        <source>{0}, a file of the bundle, is missing</source>
        <translation>{0}, eine Datei des Modells, fehlt</translation>
    </message>
    <message>
        <source>is not what the bundle&apos;s manifest says (sha256 {0}..., {1} bytes; expected {2}..., {3} bytes)</source>
        <translation>ist nicht, was das Manifest sagt (SHA-256 {0}…, {1} Bytes; erwartet {2}…, {3} Bytes)</translation>
    </message>
    <message>
        <source>the weights do not fit the configuration in the manifest ({0})</source>
        <translation>Die Gewichte passen nicht zur Konfiguration im Manifest ({0})</translation>
    </message>
    <message>
        <source>{0} cannot be the name of a bundle</source>
        <translation>{0} kann kein Modell heißen</translation>
    </message>
    <message>
        <source>{0} came with the program and cannot be replaced</source>
        <translation>{0} gehört zum Programm und lässt sich nicht ersetzen</translation>
    </message>
    <message>
        <source>{0} is installed already ({1})</source>
        <translation>{0} ist schon installiert ({1})</translation>
    </message>
    <message>
        <source>the bundle could not be put there ({0})</source>
        <translation>Das Modell ließ sich dort nicht ablegen ({0})</translation>
    </message>
    <message>
        <source>there is no such file or folder</source>
        <translation>Diese Datei oder diesen Ordner gibt es nicht</translation>
    </message>
    <message>
        <source>is neither a bundle&apos;s folder nor a .zip of one</source>
        <translation>ist weder der Ordner eines Modells noch ein .zip davon</translation>
    </message>
    <message>
        <source>the archive cannot be read ({0})</source>
        <translation>Das Archiv lässt sich nicht lesen ({0})</translation>
    </message>
    <message>
        <source>the archive names a file outside itself: {0}</source>
        <translation>Das Archiv nennt eine Datei außerhalb seiner selbst: {0}</translation>
    </message>
    <message>
        <source>holds {0} bundles (files {1}), not one</source>
        <translation>enthält {0} Modelle (Dateien {1}), nicht eines</translation>
    </message>
    <message>
        <source>not the face detector</source>
        <translation>ist nicht die Gesichtserkennung</translation>
    </message>
    <message>
        <source>the face detector cannot be read</source>
        <translation>Die Gesichtserkennung lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>the mean face embedding cannot be read</source>
        <translation>Das mittlere Gesicht lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>not the mean face embedding</source>
        <translation>ist nicht das mittlere Gesicht</translation>
    </message>
    <message>
        <source>the mean face embedding is not 128 finite numbers</source>
        <translation>Das mittlere Gesicht besteht nicht aus 128 endlichen Zahlen</translation>
    </message>
    <message>
        <source>the identity network cannot be read</source>
        <translation>Das Netz für die Ähnlichkeit lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>not dlib&apos;s face recognition network</source>
        <translation>ist nicht dlibs Netz zur Gesichtserkennung</translation>
    </message>
    <message>
        <source>the file ends too early</source>
        <translation>Die Datei endet zu früh</translation>
    </message>
    <message>
        <source>the weights {0} are not installed: {1}</source>
        <translation>Die Gewichte {0} sind nicht installiert: {1}</translation>
    </message>
    <message>
        <source>install the program again with pip</source>
        <translation>das Programm mit pip neu installieren</translation>
    </message>
    <message>
        <source>run `lafr models fetch-training`</source>
        <translation>`lafr models fetch-training` ausführen</translation>
    </message>
    <message>
        <source>{0} is damaged or altered: its sha256 is {1}, not {2}</source>
        <translation>{0} ist beschädigt oder verändert: SHA-256 {1} statt {2}</translation>
    </message>
    <message>
        <source>is refused; it is damaged, or holds something else than weights, which could run when it is read</source>
        <translation>wird abgelehnt: Die Datei ist beschädigt oder enthält anderes als Gewichte, das beim Lesen ausgeführt werden könnte</translation>
    </message>
    <message>
        <source>the licence of its weights has to be stated</source>
        <translation>Die Lizenz der Gewichte muss angegeben werden</translation>
    </message>
    <message>
        <source>no weights can be read from it ({0})</source>
        <translation>Daraus lassen sich keine Gewichte lesen ({0})</translation>
    </message>
    <message>
        <source>holds no weights of a network</source>
        <translation>enthält keine Gewichte eines Netzes</translation>
    </message>
    <message>
        <source>the network cannot be read ({0})</source>
        <translation>Das Netz lässt sich nicht lesen ({0})</translation>
    </message>
    <message>
        <source>the sha256 is not the pinned one</source>
        <translation>SHA-256 ist nicht der erwartete</translation>
    </message>
    <message>
        <source>ParseNet&apos;s weights cannot be read</source>
        <translation>Die Gewichte von ParseNet lassen sich nicht lesen</translation>
    </message>
    <message>
        <source>no state dict of this ParseNet</source>
        <translation>ist kein Zustand dieses ParseNet</translation>
    </message>
    <message>
        <source>changed while it was worked on</source>
        <translation>hat sich während der Arbeit verändert</translation>
    </message>
    <message>
        <source>has {0} x {1} pixels, more than {2} million; the limit is in the settings</source>
        <translation>hat {0} x {1} Bildpunkte, mehr als {2} Millionen; die Grenze steht in den Einstellungen</translation>
    </message>
    <message>
        <source>would have {0} million pixels enlarged {1} times, more than {2} million; the limit is in the settings</source>
        <translation>hätte {1}-fach vergrößert {0} Millionen Bildpunkte, mehr als {2} Millionen; die Grenze steht in den Einstellungen</translation>
    </message>
    <message>
        <source>exists already and was not replaced</source>
        <translation>gibt es schon und wurde nicht ersetzt</translation>
    </message>
    <message>
        <source>no model is installed; add one under Models</source>
        <translation>Es ist kein Modell installiert; unter „Modelle“ lässt sich eines hinzufügen</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
</context>
<context>
    <name>Sharing</name>
    <message>
        <source>{name}, faces restored with LAFR: details may have been invented.</source>
        <translation>{name}, Gesichter wiederhergestellt mit LAFR: Einzelheiten können erfunden sein.</translation>
    </message>
    <message>
        <source>Original</source>
        <translation>Original</translation>
    </message>
    <message>
        <source>Restored</source>
        <translation>Wiederhergestellt</translation>
    </message>
</context>
<context>
    <name>Shell</name>
    <message>
        <source>Looking for photographs</source>
        <translation>Fotos werden gesucht</translation>
    </message>
    <message>
        <source>Importing {done} of {total}: {name}</source>
        <translation>Importieren {done} von {total}: {name}</translation>
    </message>
    <message>
        <source>There is nothing to do: all of it is restored.</source>
        <translation>Es gibt nichts zu tun: Alles ist wiederhergestellt.</translation>
    </message>
    <message>
        <source>Draw a box around the face that was missed. Esc puts the tool down.</source>
        <translation>Zeichnen Sie einen Rahmen um das übersehene Gesicht. Esc legt das Werkzeug weg.</translation>
    </message>
    <message>
        <source>Paint over what shall stay as it was. Shift takes paint away. Esc ends.</source>
        <translation>Übermalen Sie, was bleiben soll, wie es war. Umschalt nimmt Farbe weg. Esc beendet.</translation>
    </message>
    <message>
        <source>No face waits for a decision.</source>
        <translation>Kein Gesicht wartet auf eine Entscheidung.</translation>
    </message>
    <message numerus="yes">
        <source>%n photograph(s) added.</source>
        <translation>
            <numerusform>%n Foto hinzugefügt.</numerusform>
            <numerusform>%n Fotos hinzugefügt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n moved photograph(s) found again.</source>
        <translation>
            <numerusform>%n verschobenes Foto wiedergefunden.</numerusform>
            <numerusform>%n verschobene Fotos wiedergefunden.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photograph(s) were in the album already.</source>
        <translation>
            <numerusform>%n Foto war schon im Album.</numerusform>
            <numerusform>%n Fotos waren schon im Album.</numerusform>
        </translation>
    </message>
    <message>
        <source>No photographs were found there.</source>
        <translation>Dort wurden keine Fotos gefunden.</translation>
    </message>
    <message>
        <source>“Restore new” finds their faces and restores them.</source>
        <translation>„Neue wiederherstellen“ findet ihre Gesichter und stellt sie wieder her.</translation>
    </message>
    <message numerus="yes">
        <source>And %n more problem(s).</source>
        <translation>
            <numerusform>Und %n weiteres Problem.</numerusform>
            <numerusform>Und %n weitere Probleme.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Enter</source>
        <translation>Eingabe</translation>
    </message>
    <message>
        <source>Choose among candidates</source>
        <translation>Unter den Vorschlägen wählen</translation>
    </message>
    <message>
        <source>See the original, as long as it is held</source>
        <translation>Original sehen, solange gehalten</translation>
    </message>
    <message>
        <source>Move the line between before and after</source>
        <translation>Linie zwischen Vorher und Nachher verschieben</translation>
    </message>
    <message>
        <source>Show or hide the boxes</source>
        <translation>Rahmen zeigen oder verbergen</translation>
    </message>
    <message>
        <source>Show or hide what was invented</source>
        <translation>Zeigen oder verbergen, was erfunden wurde</translation>
    </message>
    <message>
        <source>Whole photograph, actual size</source>
        <translation>Ganzes Foto, wahre Größe</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>Zoom</translation>
    </message>
    <message>
        <source>Move over the photograph</source>
        <translation>Über das Foto wandern</translation>
    </message>
    <message>
        <source>Move a box, then Enter</source>
        <translation>Rahmen verschieben, dann Eingabe</translation>
    </message>
    <message>
        <source>Change the size of a box, then Enter</source>
        <translation>Größe eines Rahmens ändern, dann Eingabe</translation>
    </message>
    <message>
        <source>Paint or draw by keys</source>
        <translation>Mit Tasten malen oder zeichnen</translation>
    </message>
    <message>
        <source>Smaller or larger brush</source>
        <translation>Kleinerer oder größerer Pinsel</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Filters</source>
        <translation>Filter</translation>
    </message>
    <message>
        <source>Albums</source>
        <translation>Alben</translation>
    </message>
    <message>
        <source>{0}: {1}</source>
        <translation>{0}: {1}</translation>
    </message>
    <message>
        <source>Photographs</source>
        <translation>Fotos</translation>
    </message>
</context>
<context>
    <name>Start</name>
    <message>
        <source>The album cannot be opened</source>
        <translation>Das Album kann nicht geöffnet werden</translation>
    </message>
</context>
<context>
    <name>WorkSection</name>
    <message>
        <source>Photographs</source>
        <translation>Fotos</translation>
    </message>
    <message>
        <source>&amp;Accept all confident faces</source>
        <translation>&amp;Alle sicheren Gesichter annehmen</translation>
    </message>
    <message>
        <source>Off, an export holds only the faces that you accepted. On, it also holds those that you did not decide on and that still look like the same person; faces that were held stay out. You can reject any of them later.</source>
        <translation>Aus: Ein Export enthält nur die Gesichter, die Sie angenommen haben. An: Er enthält auch jene, über die Sie nicht entschieden haben und die noch wie dieselbe Person aussehen; zurückgehaltene Gesichter bleiben draußen. Jedes davon können Sie später ablehnen.</translation>
    </message>
    <message>
        <source>Export folder</source>
        <translation>Ordner für Exporte</translation>
    </message>
    <message>
        <source>Asked for at the first export</source>
        <translation>Wird beim ersten Export gefragt</translation>
    </message>
    <message>
        <source>Largest photograph</source>
        <translation>Größtes Foto</translation>
    </message>
    <message>
        <source> megapixels</source>
        <translation> Megapixel</translation>
    </message>
    <message>
        <source>Larger ones are refused: they may not fit in memory.</source>
        <translation>Größere werden abgewiesen: Sie passen vielleicht nicht in den Speicher.</translation>
    </message>
    <message>
        <source>&amp;Export folder:</source>
        <translation>Ordner für &amp;Exporte:</translation>
    </message>
    <message>
        <source>La&amp;rgest photograph:</source>
        <translation>G&amp;rößtes Foto:</translation>
    </message>
</context>
<context>
    <name>_BrushSliders</name>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Size of the brush ([ and ])</source>
        <translation>Größe des Pinsels ([ und ])</translation>
    </message>
    <message>
        <source>Hardness</source>
        <translation>Härte</translation>
    </message>
    <message>
        <source>How hard the brush&apos;s edge is</source>
        <translation>Wie hart der Rand des Pinsels ist</translation>
    </message>
</context>
</TS>
