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
        <source>Size:</source>
        <translation>Größe:</translation>
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
        <translation>zurückgestellt</translation>
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
        <source>A model is a bundle of weights that restores faces. Nothing is downloaded by this program; a bundle that you were given can be added from a file.</source>
        <translation>Ein Modell ist ein Bündel von Gewichten, das Gesichter wiederherstellt. Dieses Programm lädt nichts herunter; ein Bündel, das Sie bekommen haben, kann aus einer Datei hinzugefügt werden.</translation>
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
        <translation>Fotos mit zurückgestellten Gesichtern: {n}</translation>
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
        <translation>Zurückgestellt, um genauer hinzusehen</translation>
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
        <source>The original is no longer there.</source>
        <translation>Das Original ist nicht mehr da.</translation>
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
        <source>%n known already.</source>
        <translation>
            <numerusform>%n war schon bekannt.</numerusform>
            <numerusform>%n waren schon bekannt.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n found at another place.</source>
        <translation>
            <numerusform>%n an anderer Stelle gefunden.</numerusform>
            <numerusform>%n an anderer Stelle gefunden.</numerusform>
        </translation>
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
        <translation>Aus: Ein Export enthält nur die Gesichter, die Sie angenommen haben. An: Er enthält auch jene, über die Sie nicht entschieden haben und die noch wie dieselbe Person aussehen; zurückgestellte Gesichter bleiben draußen. Jedes davon können Sie später ablehnen.</translation>
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
