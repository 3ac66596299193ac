<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US" sourcelanguage="en">
<context>
    <name>Dialogs</name>
    <message numerus="yes">
        <source>Remove %n photograph(s) from the album?</source>
        <translation>
            <numerusform>Remove %n photograph from the album?</numerusform>
            <numerusform>Remove %n photographs from the album?</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message numerus="yes">
        <source>&amp;Selected photographs (%n with accepted faces)</source>
        <translation>
            <numerusform>&amp;Selected photographs (%n with accepted faces)</numerusform>
            <numerusform>&amp;Selected photographs (%n with accepted faces)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>A&amp;ll photographs with accepted faces (%n)</source>
        <translation>
            <numerusform>A&amp;ll photographs with accepted faces (%n)</numerusform>
            <numerusform>A&amp;ll photographs with accepted faces (%n)</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Also take %n confident face(s) not decided on</source>
        <translation>
            <numerusform>Also take %n confident face not decided on</numerusform>
            <numerusform>Also take %n confident faces not decided on</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n accepted face(s) will be in the results.</source>
        <translation>
            <numerusform>%n accepted face will be in the results.</numerusform>
            <numerusform>%n accepted faces will be in the results.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n confident face(s) will be taken too.</source>
        <translation>
            <numerusform>%n confident face will be taken too.</numerusform>
            <numerusform>%n confident faces will be taken too.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n undecided face(s) stay as they are in the original.</source>
        <translation>
            <numerusform>%n undecided face stays as it is in the original.</numerusform>
            <numerusform>%n undecided faces stay as they are in the original.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n accepted face(s) are that small.</source>
        <translation>
            <numerusform>%n accepted face is that small.</numerusform>
            <numerusform>%n accepted faces are that small.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ExportFlow</name>
    <message numerus="yes">
        <source>%n photograph(s) written to {folder}.</source>
        <translation>
            <numerusform>%n photograph written to {folder}.</numerusform>
            <numerusform>%n photographs written to {folder}.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n cancelled.</source>
        <translation>
            <numerusform>%n cancelled.</numerusform>
            <numerusform>%n cancelled.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>And %n more that could not be done.</source>
        <translation>
            <numerusform>And %n more that could not be done.</numerusform>
            <numerusform>And %n more that could not be done.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>Shell</name>
    <message numerus="yes">
        <source>%n photograph(s) added.</source>
        <translation>
            <numerusform>%n photograph added.</numerusform>
            <numerusform>%n photographs added.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n moved photograph(s) found again.</source>
        <translation>
            <numerusform>%n moved photograph found again.</numerusform>
            <numerusform>%n moved photographs found again.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n photograph(s) were in the album already.</source>
        <translation>
            <numerusform>%n photograph was in the album already.</numerusform>
            <numerusform>%n photographs were in the album already.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>And %n more problem(s).</source>
        <translation>
            <numerusform>And %n more problem.</numerusform>
            <numerusform>And %n more problems.</numerusform>
        </translation>
    </message>
</context>
</TS>
